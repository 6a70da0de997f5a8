//! Ninety days in a few seconds: everybody does what the story says, when it says, through the services.
use super::{
    cast::{Cast, Member, find},
    clock::{Calendar, TravelClock},
    diary::{Ache, diary},
    people::{
        CareStory, EntryStory, LineStory, NoteStory, PatientStory, Profile, Story, TalkStory, When, good,
    },
    talk::say,
};
use crate::{
    application::Application,
    commands::failure::{Done, Failure},
};
use chrono::TimeDelta;
use domain::{
    care::{Answer, CareError, EntryDraft, EntryEdit, EntryKind, EntryText, LinkId},
    diary::{BodyPartId, Intensity, NoteDraft, NoteTitle, PainType, RecordDraft},
    identity::{AccountFlag, Caller, Roles, Username},
    shared::{Page, Patch, Timestamp, text::Prose},
};
use std::collections::BTreeMap;

/// Fills an empty application with the story, and leaves its clock in the present.
pub(super) fn fill<'a>(
    application: &Application,
    clock: &TravelClock,
    calendar: Calendar,
    story: &'a Story,
) -> Result<Cast<'a>, Failure> {
    let cast = register(application, clock, calendar, story)?;
    let mut deeds: Vec<_> = story.patients.iter().flat_map(|patient| deeds_of(patient, calendar)).collect();
    deeds.sort_by_key(|deed| deed.at);
    let mut telling = Telling { application, cast: &cast, links: BTreeMap::new() };
    for deed in &deeds {
        clock.go(deed.at);
        telling.play(deed)?;
    }
    clock.arrive();
    for member in cast.values() {
        read_older(application, member)?;
    }
    Ok(cast)
}

fn register<'a>(
    application: &Application,
    clock: &TravelClock,
    calendar: Calendar,
    story: &'a Story,
) -> Result<Cast<'a>, Failure> {
    let mut at = calendar.after(TimeDelta::hours(2));
    let mut cast = Cast::new();
    for profile in story.everybody() {
        at += TimeDelta::microseconds(389_471_203);
        clock.go(at);
        let registration = profile.registration(&story.password, at.date_naive())?;
        let username = registration.username.clone();
        let token = application
            .identity
            .register(registration, Roles::PATIENT)
            .map_err(|e| Failure::caused(&e))?
            .token;
        if let Some(flag) = flag(story, profile) {
            application.identity.grant(username, flag).map_err(|e| Failure::caused(&e))?;
        }
        // Asked by the token, as a request is: only then does the caller have the groups that were granted.
        let caller =
            application.identity.authenticate(token.expose()).map_err(|e| Failure::caused(&e))?.caller;
        cast.insert(&profile.username, Member { profile, token, caller });
    }
    Ok(cast)
}

fn flag(story: &Story, profile: &Profile) -> Option<AccountFlag> {
    let among = |people: &[Profile]| people.iter().any(|p| p.username == profile.username);
    let doctor = among(&story.doctors).then_some(AccountFlag::Doctor(true));
    doctor.or_else(|| among(&story.staff).then_some(AccountFlag::Staff(true)))
}

/// What happens to one patient, at one moment.
struct Deed<'a> {
    at: Timestamp,
    patient: &'a str,
    what: What<'a>,
}

enum What<'a> {
    Record(Ache<'a>),
    Note(&'a NoteStory),
    Ask(&'a CareStory),
    Answer(&'a CareStory, &'a str),
    Write(&'a CareStory, EntryKind, &'a EntryStory),
    Say(&'a TalkStory, &'a LineStory),
}

/// The hours, in UTC, at which people see to their affairs. On one day they come in this order.
const ASKS: i64 = 6;
const ANSWERS: i64 = 8;
const DIAGNOSES: i64 = 10;
const PRESCRIBES: i64 = 11;
const NOTES: i64 = 18;
const TALKS: i64 = 19;

fn deeds_of(story: &PatientStory, calendar: Calendar) -> Vec<Deed<'_>> {
    let patient = story.profile.username.as_str();
    let deed = |at, what| Deed { at, patient, what };
    let mut deeds = vec![];
    for ache in diary(&story.pain, story.prescribed()) {
        deeds.push(deed(calendar.after(ache.since), What::Record(ache)));
    }
    for note in &story.notes {
        deeds.push(deed(at(calendar, When::Day(note.day), NOTES), What::Note(note)));
    }
    for talk in &story.talks {
        // One after the other: what is said on one day is said in this order.
        let mut later = TimeDelta::zero();
        for line in &talk.lines {
            deeds.push(deed(at(calendar, line.at, TALKS) + later, What::Say(talk, line)));
            later += TimeDelta::microseconds(97_418_233);
        }
    }
    for care in &story.care {
        deeds.push(deed(at(calendar, care.asked, ASKS), What::Ask(care)));
        if let Some(answer) = &care.answer {
            deeds.push(deed(at(calendar, answer.at, ANSWERS), What::Answer(care, &answer.word)));
        }
        for entry in &care.diagnoses {
            let what = What::Write(care, EntryKind::Diagnosis, entry);
            deeds.push(deed(at(calendar, entry.at, DIAGNOSES), what));
        }
        for entry in &care.prescriptions {
            let what = What::Write(care, EntryKind::Prescription, entry);
            deeds.push(deed(at(calendar, entry.at, PRESCRIBES), what));
        }
    }
    deeds
}

fn at(calendar: Calendar, when: When, hour: i64) -> Timestamp {
    match when {
        // Up to two hours later, the same for a day: nobody acts on the full hour.
        When::Day(day) => {
            let later = TimeDelta::microseconds(i64::from(day) * 81_397_541);
            calendar.after(TimeDelta::days(day.into()) + TimeDelta::hours(hour) + later)
        }
        When::HoursAgo(hours) => calendar.ago(TimeDelta::hours(hours.into())),
    }
}

struct Telling<'a, 'c> {
    application: &'c Application,
    cast: &'c Cast<'a>,
    /// By patient and doctor.
    links: BTreeMap<(&'a str, &'a str), LinkId>,
}

impl<'a> Telling<'a, '_> {
    fn play(&mut self, deed: &Deed<'a>) -> Done {
        let patient = &find(self.cast, deed.patient)?.caller;
        match &deed.what {
            What::Record(ache) => self.record(patient, ache),
            What::Note(note) => self.note(patient, note),
            What::Ask(care) => self.ask(deed.patient, patient, care),
            What::Answer(care, word) => self.answer(patient, care, word),
            What::Write(care, kind, entry) => self.write(deed.patient, care, *kind, entry),
            What::Say(talk, line) => say(self.application, self.cast, patient, talk, line),
        }
    }

    fn record(&self, patient: &Caller, ache: &Ache<'_>) -> Done {
        let draft = RecordDraft {
            pain_type: good("pain", PainType::parse(ache.pain))?,
            intensity: good("intensity", Intensity::parse(ache.intensity))?,
            description: good("words", Prose::parse(ache.words))?,
            took_prescription: ache.took,
            body_part: self.part(ache.part)?,
        };
        self.application.diary.create_record(patient, draft).map(drop).map_err(|e| Failure::caused(&e))
    }

    fn part(&self, name: &str) -> Result<BodyPartId, Failure> {
        let part = self.application.diary.body.parts().iter().find(|part| part.name == name);
        part.map(|part| part.id).ok_or_else(|| Failure::new(format!("seeds/demo.json: no part is {name:?}")))
    }

    fn note(&self, patient: &Caller, note: &NoteStory) -> Done {
        let title = good("title", NoteTitle::parse(&note.title))?;
        let draft = NoteDraft { title, body: good("body", Prose::parse(&note.body))? };
        self.application.notes.create(patient, draft).map(drop).map_err(|e| Failure::caused(&e))
    }

    fn ask(&mut self, name: &'a str, patient: &Caller, care: &'a CareStory) -> Done {
        let doctor = good("doctor", Username::known_as(&care.doctor))?;
        let patient = patient.patient().map_err(|e| Failure::caused(&e))?;
        let link = self.application.care.request_link(patient, &doctor).map_err(|e| Failure::caused(&e))?;
        self.links.insert((name, &care.doctor), link);
        Ok(())
    }

    fn answer(&self, patient: &Caller, care: &CareStory, word: &str) -> Done {
        let doctor = &find(self.cast, &care.doctor)?.caller;
        let doctor = doctor.doctor().map_err(|e| Failure::caused(&e))?;
        let answer = Answer::parse(word).ok_or_else(|| Failure::caused(&CareError::AnswerUnknown))?;
        self.application.care.respond(doctor, patient.id(), answer).map_err(|e| Failure::caused(&e))
    }

    /// The doctor reads the diary first, as one does: the audit log tells of it.
    fn write(&self, patient: &'a str, care: &'a CareStory, kind: EntryKind, entry: &EntryStory) -> Done {
        let (application, doctor) = (self.application, &find(self.cast, &care.doctor)?.caller);
        let link = self.links.get(&(patient, care.doctor.as_str())).copied();
        let link = link.ok_or_else(|| Failure::caused(&CareError::LinkUnknown))?;
        let on = application.care.writable(doctor, link).map_err(|e| Failure::caused(&e))?;
        let as_doctor = doctor.doctor().map_err(|e| Failure::caused(&e))?;
        let read = application.diary.records_of_patient(as_doctor, on.patient, Page::first());
        read.map_err(|e| Failure::caused(&e))?;

        let text = good("text", EntryText::parse(&entry.text))?;
        let details = good("details", Prose::parse(&entry.details))?;
        let old = application.care.entry_on(doctor, kind, link).map_err(|e| Failure::caused(&e))?;
        let Some(old) = old else {
            let written = application.care.write(&on, kind, EntryDraft { text, details });
            return written.map(drop).map_err(|e| Failure::caused(&e));
        };
        let own = application.care.own_entry(doctor, kind, old.id).map_err(|e| Failure::caused(&e))?;
        let edit = EntryEdit { text: Patch::Set(text), details: Patch::Set(details) };
        application.care.change(&own, edit).map(drop).map_err(|e| Failure::caused(&e))
    }
}

/// Leaves the newest lines of somebody's bell unread, as many as the story says.
fn read_older(application: &Application, member: &Member<'_>) -> Done {
    let (mut page, mut unread) = (Page::first(), member.profile.unread);
    loop {
        let lines = application.notifications.of(&member.caller, page).map_err(|e| Failure::caused(&e))?;
        let Some(last) = lines.last() else { return Ok(()) };
        page = Page::after(last.id);
        for line in lines.iter().skip(unread) {
            application.notifications.mark_read(&member.caller, line.id).map_err(|e| Failure::caused(&e))?;
        }
        unread = unread.saturating_sub(lines.len());
    }
}
