//! The story can be played from its first event to its last, and what it leaves is believable.
use super::{clock::DAYS, replay::replay, *};
use domain::{
    audit::AuditAction,
    care::Status,
    diary::Record,
    identity::{Caller, Password, Username},
    shared::{Page, Timestamp},
};
use story::DemoRole;
use testing::rows;

#[actix_web::test]
async fn a_filled_application_is_believable() {
    let folder = tempfile::tempdir().unwrap();
    let config = in_folder(&Config::from(&|_| None).unwrap(), folder.path());
    let (application, clock, calendar) = empty_application(&config, Cost::FOR_TESTS).unwrap();
    let story = Story::read().unwrap();
    let made = replay(&application, &clock, calendar, &story).await.unwrap();

    assert!(clock.now() >= SystemClock.now() - chrono::TimeDelta::seconds(5));
    let people: Vec<_> = story
        .people
        .iter()
        .map(|person| {
            let session = application.identity.authenticate(&made.tokens[&person.username]).unwrap();
            (person, session.caller)
        })
        .collect();
    let callers = |role| people.iter().filter(move |(p, _)| p.role == role).map(|(_, caller)| caller);
    for patient in callers(DemoRole::Patient) {
        spans_the_days(&application, patient, calendar.start());
    }
    assert!(callers(DemoRole::Staff).all(Caller::is_staff));
    doctors_see_whom_they_accepted(&application, callers(DemoRole::Doctor));
    some_have_a_few_unread(&application, people.iter().map(|(_, caller)| caller));
    let password = Password::parse(&story.password).unwrap();
    for (person, _) in &people {
        let name = Username::known_as(&person.username).unwrap();
        let signed_in = application.identity.sign_in(&name, &password).unwrap();
        assert_eq!(signed_in.token.expose(), made.tokens[&person.username]);
    }
    assert!(story.people.iter().all(|p| p.profile["email"].as_str().unwrap().ends_with("@example.org")));

    let told = banner::told(&config, &story, &made).unwrap();
    assert!(made.tokens.values().all(|token| told.contains(token)), "{told}");
    assert!(told.contains(&story.password) && told.matches("curl ").count() == 3, "{told}");
}

fn spans_the_days(application: &Application, patient: &Caller, start: Timestamp) {
    let records = rows!(application.diary.records, page(patient, Page::first())).unwrap();
    let (first, last) = (records.first().unwrap(), records.last().unwrap());
    assert_eq!(first.recorded_at.date_naive(), start.date_naive());
    assert!((last.recorded_at - first.recorded_at).num_days() >= i64::from(DAYS) - 8);
    assert!(last.recorded_at < SystemClock.now());
    assert!(records.is_sorted_by(|a, b| a.recorded_at < b.recorded_at));
    assert!((60..=180).contains(&records.len()), "{}", records.len());
    follows_a_prescription_after_it_was_written(application, patient, &records);
}

fn follows_a_prescription_after_it_was_written(
    application: &Application,
    patient: &Caller,
    records: &[Record],
) {
    let entries = application.audit_log.of(patient.id(), Page::first().with_limit(500)).unwrap();
    let prescribed = entries.iter().filter(|line| line.entry.act == AuditAction::PrescriptionMade);
    let first = prescribed.map(|line| line.entry.at).min();
    let mut followed = records.iter().filter(|record| record.took_prescription);
    let after_the_first = |record: &Record| first.is_some_and(|first| record.recorded_at > first);
    assert!(followed.all(after_the_first), "a prescription was followed before it was written");
}

fn doctors_see_whom_they_accepted<'a>(application: &Application, doctors: impl Iterator<Item = &'a Caller>) {
    let mut seen = vec![];
    for doctor in doctors {
        for sheet in rows!(application.care, links_of(doctor, Page::first())).unwrap() {
            let as_doctor = doctor.doctor().unwrap();
            let (diary, patient) = (&application.diary, sheet.patient.id);
            let read = diary.records_of_patient(as_doctor, patient, Page::first(), &mut |_, _| ());
            assert_eq!(read.is_ok(), sheet.link.status == Status::Accepted);
            assert_eq!(sheet.prescription.is_some(), sheet.link.status == Status::Accepted);
            seen.push(sheet.link.status);
        }
    }
    let count = |status| seen.iter().filter(|seen| **seen == status).count();
    assert_eq!((count(Status::Accepted), count(Status::Pending), count(Status::Rejected)), (5, 1, 1));
    assert_eq!(application.care.remove_rejected().unwrap(), 0, "the rejection is less than a day old");
}

fn some_have_a_few_unread<'a>(application: &Application, callers: impl Iterator<Item = &'a Caller>) {
    let ids: Vec<_> = callers.map(Caller::id).collect();
    let counts = application.notifications.unread_counts(&ids).unwrap();
    assert!(counts.iter().all(|count| *count < 10) && counts.iter().any(|count| *count > 0), "{counts:?}");
}
