//! Who lives in the demo, and what happens to them: the shape of `seeds/demo.json`.
use crate::commands::failure::Failure;
use chrono::NaiveDate;
use domain::{
    care::Answer,
    identity::{BirthDate, Email, FatherName, GivenName, Password, Phone, Registration, Sex, Username},
    shared::FieldError,
};
use serde::Deserialize;

const SEED: &str = include_str!("../../../../../seeds/demo.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// Everybody's: a demo that people sign in to by hand needs one that they can remember.
    pub password: String,
    pub doctors: Vec<Profile>,
    pub staff: Vec<Profile>,
    pub patients: Vec<PatientStory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub username: String,
    email: String,
    pub first_name: String,
    father_name: String,
    pub last_name: String,
    sex: String,
    /// Year, month, day.
    born: String,
    phone: String,
    /// For the table, in a few words.
    pub who: String,
    /// How many of the newest notifications stay unread.
    pub unread: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatientStory {
    pub profile: Profile,
    pub pain: Pain,
    pub care: Vec<CareStory>,
    pub notes: Vec<NoteStory>,
    pub talks: Vec<TalkStory>,
}

/// How somebody's pain goes, and how they write of it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pain {
    pub seed: u64,
    /// By day, from the first one; what lies between two points lies on the line between them.
    pub course: Vec<Point>,
    /// How far a day commonly is off the course.
    pub variability: f64,
    pub flare: Flare,
    pub times: Times,
    /// The chance that a day goes by without an entry.
    pub misses: f64,
    pub takes: Takes,
    /// The main one first.
    pub places: Vec<Place>,
    pub remarks: Remarks,
    pub moments: Vec<Moment>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    pub day: u16,
    pub level: f64,
    /// The chance that a flare begins on a day.
    pub flares: f64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flare {
    pub rise: f64,
    pub days: u16,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    pub morning: Habit,
    pub noon: Habit,
    pub evening: Habit,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Habit {
    /// The chance of an entry at this time of day.
    pub writes: f64,
    /// How much worse it is at this time of day.
    pub swing: f64,
}

/// The chance that a prescription is followed, when the pain is at least `from`.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Takes {
    pub chance: f64,
    pub from: i64,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub part: String,
    pub pain: String,
    pub often: u32,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remarks {
    pub good: Vec<String>,
    pub usual: Vec<String>,
    pub bad: Vec<String>,
}

/// An entry that the story needs, on a day.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moment {
    pub day: u16,
    pub intensity: i64,
    pub words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CareStory {
    pub doctor: String,
    pub asked: When,
    pub answer: Option<AnswerStory>,
    /// The first is written, each later one changes it.
    pub diagnoses: Vec<EntryStory>,
    pub prescriptions: Vec<EntryStory>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    Day(u16),
    /// Before now: for what must not be older than a day.
    HoursAgo(u16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerStory {
    pub word: String,
    pub at: When,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryStory {
    pub at: When,
    pub text: String,
    pub details: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteStory {
    pub day: u16,
    pub title: String,
    pub body: String,
}

/// With a doctor, or with whoever of the staff answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TalkStory {
    /// A username; `None` is the support room.
    pub with: Option<String>,
    pub lines: Vec<LineStory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineStory {
    pub at: When,
    /// Said by the patient.
    pub mine: bool,
    pub text: String,
}

impl Story {
    pub(super) fn read() -> Result<Self, Failure> {
        serde_json::from_str(SEED).map_err(|e| Failure::new(format!("seeds/demo.json: {e}")))
    }
    /// Everybody who has an account, doctors first: patients ask for them.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Profile> {
        self.doctors.iter().chain(&self.staff).chain(self.patients.iter().map(|p| &p.profile))
    }
}

impl Profile {
    pub(super) fn registration(&self, password: &str, today: NaiveDate) -> Result<Registration, Failure> {
        let born = self.born.parse::<NaiveDate>().map_err(|_why| FieldError::NotDate);
        Ok(Registration {
            username: good("username", Username::parse(&self.username))?,
            email: good("email", Email::parse(&self.email))?,
            password: good("password", Password::parse(password))?,
            first_name: good("first_name", GivenName::parse(&self.first_name))?,
            last_name: good("last_name", GivenName::parse(&self.last_name))?,
            father_name: good("father_name", FatherName::parse(&self.father_name))?,
            sex: Some(good("sex", Sex::parse(&self.sex))?),
            date_of_birth: Some(good("born", born.and_then(|day| BirthDate::parse(day, today)))?),
            phone_number: good("phone", Phone::parse(&self.phone))?,
        })
    }
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

impl PatientStory {
    /// The day of the first prescription: before it there is none to follow.
    pub(super) fn prescribed(&self) -> Option<u16> {
        let entries = self.care.iter().flat_map(|care| &care.prescriptions);
        entries.filter_map(|entry| entry.at.day()).min()
    }
}

impl CareStory {
    /// The doctor of an accepted link.
    pub(super) fn accepted_by(&self) -> Option<&str> {
        let answer = self.answer.as_ref().and_then(|answer| Answer::parse(&answer.word));
        (answer == Some(Answer::Accept)).then_some(&self.doctor)
    }
}

impl When {
    fn day(self) -> Option<u16> {
        match self {
            Self::Day(day) => Some(day),
            Self::HoursAgo(_) => None,
        }
    }
}

/// What the seed says, as the domain takes it.
pub(super) fn good<T>(what: &str, value: Result<T, FieldError>) -> Result<T, Failure> {
    value.map_err(|why| Failure::new(format!("seeds/demo.json: {what}: {why}")))
}
