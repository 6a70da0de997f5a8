//! Many who write at once: on SQLite they share commits. Each hears what became of their own change, and of no other.
use crate::{
    diary::draft,
    support::{TestStore, at, at_once, opening},
    talk::{KnownEvent, Recorder},
};
use domain::{
    care::{CareError, Status},
    diary::{BodyPartId, DiaryError, Intensity, Record, RecordCreated, RecordDraft},
    identity::Caller,
    shared::{Page, StoreError, deadline},
};
use std::time::{Duration, Instant};

const EACH: usize = 10;

fn all(db: &TestStore, owner: &Caller) -> Vec<Record> {
    let mut records = rows!(db.records, page_of(owner.id(), Page::first())).unwrap();
    records.sort_by_key(|record| record.id);
    records
}

/// What was told as made is all that is there.
fn nothing_else_is_there(db: &TestStore, owners: &[Caller], told: Vec<Vec<Record>>) {
    for (owner, mut told) in owners.iter().zip(told) {
        told.sort_by_key(|record| record.id);
        assert_eq!(all(db, owner), told);
    }
}

fn patients(db: &TestStore) -> Vec<Caller> {
    (0..12).map(|i| db.patient(&format!("patient-{i}"))).collect()
}

on_both!(a_refused_change_in_a_crowd_fails_no_other_and_leaves_nothing, |db: &TestStore| {
    let (patients, house) = (patients(db), db.doctor("house"));
    for patient in &patients {
        db.linked(patient, &house, Status::Accepted);
    }
    let notices = db.notices(&house).len();
    let told = at_once(patients.len(), |i| {
        let make = |body_part| {
            let draft = RecordDraft { body_part, ..draft() };
            db.records.create(&RecordCreated::by(&patients[i], draft, at(30)))
        };
        let each = |_| match i % 3 {
            0 => {
                let refused = make(BodyPartId::new(45));
                assert!(matches!(refused, Err(DiaryError::Store(StoreError::Failed(_)))), "{refused:?}");
                None
            }
            1 => {
                let refused = db.links.open(&opening(&patients[i], &house));
                assert!(matches!(refused, Err(CareError::AlreadyRequested)), "{refused:?}");
                None
            }
            _ => Some(make(BodyPartId::new(44)).unwrap()),
        };
        (0..EACH).filter_map(each).collect()
    });
    nothing_else_is_there(db, &patients, told);
    let mut sql = db.database.sql();
    assert_eq!(sql.number("select count(*) from audit_entries where act = 'record.create'"), 40);
    assert_eq!((sql.count("records"), sql.count("links")), (40, 12));
    assert_eq!(db.notices(&house).len(), notices + 40);
});

on_both!(a_commit_that_fails_in_a_crowd_is_told_to_everybody_whose_change_was_in_it, |db: &TestStore| {
    let (patients, house) = (patients(db), db.doctor("house"));
    for patient in &patients {
        db.linked(patient, &house, Status::Accepted);
    }
    let recorder = Recorder::on(&*db.bus);
    db.database.sql().fail_at_commit("records", "new.intensity = 3");
    let told = at_once(patients.len(), |i| {
        let intensity = if i % 4 == 0 { 3 } else { 4 };
        let draft = RecordDraft { intensity: Intensity::parse(intensity).unwrap(), ..draft() };
        let make = || db.records.create(&RecordCreated::by(&patients[i], draft.clone(), at(30)));
        (0..EACH).filter_map(|_| make().ok()).collect::<Vec<_>>()
    });
    assert!(told.iter().flatten().all(|record| record.intensity.get() == 4));
    let made = told.iter().flatten().count();
    nothing_else_is_there(db, &patients, told);
    let notices = recorder.events().iter().filter(|event| matches!(event, KnownEvent::Created(_))).count();
    assert_eq!((notices, db.notices(&house).len()), (made, made + patients.len()));
});

on_both!(a_change_past_its_deadline_in_a_crowd_changes_nothing, |db: &TestStore| {
    let patients = patients(db);
    let told = at_once(patients.len(), |i| {
        let make = |n: usize| {
            let soon = Instant::now() + Duration::from_micros(u64::try_from(n * i * 50).unwrap());
            let creation = RecordCreated::by(&patients[i], draft(), at(30));
            deadline::within(soon, || match db.records.create(&creation) {
                Ok(record) => Some(record),
                Err(DiaryError::Store(StoreError::Unavailable(_))) => None,
                Err(e) => panic!("{e:?}"),
            })
        };
        (0..EACH).filter_map(make).collect()
    });
    nothing_else_is_there(db, &patients, told);
});
