//! The story is sound, the diaries are believable, and an application can be filled with them.
use super::{
    cast::Cast,
    clock::{DAYS, TravelClock},
    diary::diary,
    fill::fill,
    people::{Pain, Story},
    *,
};
use domain::{
    care::Status,
    diary::{PainType, Record},
    identity::{Caller, Email, Password, Username},
    shared::{Page, Timestamp},
};
use std::collections::BTreeSet;

fn story() -> Story {
    Story::read().unwrap()
}

#[test]
fn every_account_of_the_story_can_be_made() {
    let story = story();
    let today = SystemClock.now().date_naive();
    let mut seen = BTreeSet::new();
    for profile in story.everybody() {
        let made = profile.registration(&story.password, today).unwrap();
        assert_eq!(made.username, Username::parse(&profile.username).unwrap());
        assert!(made.email.as_str().ends_with("@example.org"), "{}", made.email.as_str());
        assert_eq!(Email::parse(made.email.as_str()), Ok(made.email.clone()));
        assert!(seen.insert(made.username.as_str().to_owned()) && seen.insert(made.email.key()));
    }
    assert!(story.staff.iter().all(|one| one.username != "admin"));
}

#[test]
fn every_place_is_on_the_body_map_and_every_pain_is_known() {
    let map: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../../seeds/body_parts.json")).unwrap();
    for patient in story().patients {
        assert!(!patient.pain.places.is_empty());
        for place in &patient.pain.places {
            assert!(map.iter().any(|part| part["name"] == place.part.as_str()), "{}", place.part);
            assert!(PainType::parse(&place.pain).is_ok(), "{}", place.pain);
        }
    }
}

#[test]
fn every_day_of_the_story_is_one_of_the_diary() {
    for patient in story().patients {
        let days = patient.pain.moments.iter().map(|m| m.day).chain(patient.notes.iter().map(|n| n.day));
        assert!(days.chain(patient.pain.course.iter().map(|p| p.day)).all(|day| day < DAYS));
        assert!(patient.pain.course.is_sorted_by(|a, b| a.day < b.day));
    }
}

#[test]
fn a_diary_is_the_same_every_time() {
    for patient in story().patients {
        assert_eq!(diary(&patient.pain, Some(9)), diary(&patient.pain, Some(9)));
    }
}

#[test]
fn pain_stays_on_the_scale_on_every_day() {
    let always = |pain: &Pain| {
        let mut pain = Pain { misses: 0.0, ..pain.clone() };
        for habit in [&mut pain.times.morning, &mut pain.times.noon, &mut pain.times.evening] {
            habit.writes = 1.0;
        }
        pain
    };
    for patient in story().patients {
        for seed in 0..50 {
            let pain = Pain { seed, ..always(&patient.pain) };
            let aches = diary(&pain, Some(10));
            let days: BTreeSet<_> = aches.iter().map(|ache| ache.since.num_days()).collect();
            assert_eq!((days.len(), aches.len()), (usize::from(DAYS), 3 * usize::from(DAYS)));
            assert!(aches.iter().all(|ache| (0..=10).contains(&ache.intensity)));
            assert!(aches.is_sorted_by(|a, b| a.since <= b.since));
        }
    }
}

#[test]
fn nobody_follows_a_prescription_before_it_is_written() {
    for patient in story().patients {
        let first = patient.prescribed();
        let aches = diary(&patient.pain, first);
        let too_soon = |day: i64| first.is_none_or(|first| day <= i64::from(first));
        assert!(!aches.iter().any(|ache| ache.took && too_soon(ache.since.num_days())));
        assert_eq!(first.is_some(), aches.iter().any(|ache| ache.took));
        for moment in &patient.pain.moments {
            let told = aches.iter().find(|ache| ache.words == moment.words).unwrap();
            assert_eq!(told.since.num_days(), i64::from(moment.day));
        }
    }
}

#[test]
fn a_filled_house_is_believable() {
    let folder = tempfile::tempdir().unwrap();
    let config = in_folder(&Config::from(&|_| None).unwrap(), folder.path());
    let (application, clock, calendar) = empty_application(&config, Cost::FOR_TESTS).unwrap();
    let story = story();
    let cast = fill(&application, &clock, calendar, &story).unwrap();

    the_clock_is_back(&clock);
    for patient in &story.patients {
        let own = application
            .diary
            .records
            .page(&cast[patient.profile.username.as_str()].caller, Page::first())
            .unwrap();
        spans_the_days(&own, calendar.start());
        assert_eq!(own.len(), diary(&patient.pain, patient.prescribed()).len());
    }
    doctors_see_whom_they_accepted(&application, &story, &cast);
    some_bells_have_a_few_unread(&application, &cast);
    everybody_can_sign_in(&application, &story, &cast);

    let told = banner::told(&config, &story, &cast).unwrap();
    assert!(cast.values().all(|member| told.contains(member.token.expose())), "{told}");
    assert!(told.contains(&story.password) && told.matches("curl ").count() == 3, "{told}");
}

fn the_clock_is_back(clock: &TravelClock) {
    assert!(clock.now() >= SystemClock.now() - chrono::TimeDelta::seconds(5));
}

fn spans_the_days(records: &[Record], start: Timestamp) {
    let (first, last) = (records.first().unwrap(), records.last().unwrap());
    assert_eq!(first.recorded_at.date_naive(), start.date_naive());
    assert!((last.recorded_at - first.recorded_at).num_days() >= i64::from(DAYS) - 8);
    assert!(last.recorded_at < SystemClock.now());
    assert!(records.is_sorted_by(|a, b| a.recorded_at < b.recorded_at));
    assert!((60..=180).contains(&records.len()), "{}", records.len());
}

fn doctors_see_whom_they_accepted(application: &Application, story: &Story, cast: &Cast<'_>) {
    let mut seen = vec![];
    for doctor in &story.doctors {
        let doctor = &cast[doctor.username.as_str()].caller;
        for sheet in application.care.links_of(doctor, Page::first()).unwrap() {
            let read = application.diary.records_of_patient(
                doctor.doctor().unwrap(),
                sheet.patient.id,
                Page::first(),
            );
            assert_eq!(read.is_ok(), sheet.link.status == Status::Accepted);
            assert_eq!(sheet.prescription.is_some(), sheet.link.status == Status::Accepted);
            seen.push(sheet.link.status);
        }
    }
    let count = |status| seen.iter().filter(|seen| **seen == status).count();
    assert_eq!((count(Status::Accepted), count(Status::Pending), count(Status::Rejected)), (5, 1, 1));
    assert_eq!(application.care.remove_rejected().unwrap(), 0, "the rejection is less than a day old");
}

fn some_bells_have_a_few_unread(application: &Application, cast: &Cast<'_>) {
    let unread = |caller: &Caller| application.notifications.unread_counts(&[caller.id()]).unwrap()[0];
    let counts: Vec<_> = cast.values().map(|m| (m.profile.unread as u64, unread(&m.caller))).collect();
    assert!(counts.iter().all(|(wanted, there)| wanted == there && *there < 10), "{counts:?}");
    assert!(counts.iter().any(|(_, there)| *there > 0));
}

fn everybody_can_sign_in(application: &Application, story: &Story, cast: &Cast<'_>) {
    let password = Password::parse(&story.password).unwrap();
    for (name, member) in cast {
        let signed = application.identity.sign_in(&Username::known_as(name).unwrap(), &password).unwrap();
        assert_eq!(signed.token, member.token);
    }
}
