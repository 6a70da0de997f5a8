use super::*;
use crate::{
    diary::{
        BodyPartId, Description, Intensity, PainType,
        ports::{MockNoteRepository, MockRecordRepository},
    },
    identity::testing::{house, sarah, stranger},
    shared::{Fixed, Timestamp},
};

fn service(records: MockRecordRepository, notes: MockNoteRepository) -> DiaryService {
    DiaryService {
        records: Arc::new(records),
        notes: Arc::new(notes),
        body: BodyMap::default(),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    }
}

fn record(owner: AccountId) -> Record {
    Record {
        id: RecordId::new(3),
        owner,
        pain_type: PainType::Burning,
        intensity: Intensity::parse(4).unwrap(),
        description: String::new(),
        took_prescription: false,
        body_part: BodyPartId::new(25),
        recorded_at: Timestamp::UNIX_EPOCH,
        modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn note(owner: AccountId) -> Note {
    Note {
        id: NoteId::new(4),
        owner,
        title: "t".into(),
        body: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
        modified_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn only_a_doctor_reads_another_diary_and_a_patient_who_asks_gets_their_own() {
    let asked = Whose::Patient(Some(stranger().id()));
    let mut records = MockRecordRepository::new();
    records.expect_of().withf(|owner, _| *owner == sarah().id()).once().return_once(|_, _| Ok(vec![]));
    service(records, MockNoteRepository::new()).records(&sarah(), asked, Window::first()).unwrap();

    let mut records = MockRecordRepository::new();
    records
        .expect_read_as_doctor()
        .withf(|r| (r.doctor, r.patient) == (house().id(), stranger().id()))
        .once()
        .return_once(|_| Err(DiaryError::NotYourPatient));
    let refused = service(records, MockNoteRepository::new()).records(&house(), asked, Window::first());
    assert!(matches!(refused, Err(DiaryError::NotYourPatient)));
}

#[test]
fn a_doctor_who_names_nobody_reads_their_own_and_one_who_names_no_id_nothing() {
    let mut records = MockRecordRepository::new();
    records.expect_of().withf(|owner, _| *owner == house().id()).once().return_once(|_, _| Ok(vec![]));
    let diary = service(records, MockNoteRepository::new());
    diary.records(&house(), Whose::Own, Window::first()).unwrap();
    let refused = diary.records(&house(), Whose::Patient(None), Window::first());
    assert!(matches!(refused, Err(DiaryError::NotYourPatient)));
}

#[test]
fn a_record_rings_at_the_doctors_with_the_patients_name() {
    let mut records = MockRecordRepository::new();
    records
        .expect_make()
        .withf(|e| {
            e.owner == sarah().id()
                && e.notice_for_doctors == "Новая запись от Sarah Connor"
                && e.audit.actor == Some(sarah().id())
        })
        .once()
        .return_once(|e| Ok(record(e.owner)));
    let draft = RecordDraft {
        pain_type: PainType::Burning,
        intensity: Intensity::parse(4).unwrap(),
        description: Description::default(),
        took_prescription: false,
        body_part: BodyPartId::new(25),
    };
    service(records, MockNoteRepository::new()).record(&sarah(), draft).unwrap();
}

#[test]
fn another_persons_record_or_note_is_as_unknown_as_none() {
    for found in [None, Some(stranger().id())] {
        let mut records = MockRecordRepository::new();
        records.expect_find().returning(move |_| Ok(found.map(record)));
        let mut notes = MockNoteRepository::new();
        notes.expect_find().returning(move |_| Ok(found.map(note)));
        let diary = service(records, notes);
        assert!(matches!(diary.own_record(&sarah(), Some(RecordId::new(3))), Err(DiaryError::RecordUnknown)));
        assert!(matches!(diary.own_record(&sarah(), None), Err(DiaryError::RecordUnknown)));
        assert!(matches!(
            diary.delete_record(&sarah(), Some(RecordId::new(3))),
            Err(DiaryError::RecordUnknown)
        ));
        assert!(matches!(diary.own_note(&sarah(), Some(NoteId::new(4))), Err(DiaryError::NoteUnknown)));
        assert!(matches!(diary.delete_note(&sarah(), Some(NoteId::new(4))), Err(DiaryError::NoteUnknown)));
    }
}

#[test]
fn a_deleted_record_leaves_its_id_in_the_trail() {
    let mut records = MockRecordRepository::new();
    records.expect_find().return_once(|_| Ok(Some(record(sarah().id()))));
    records
        .expect_delete()
        .withf(|owner, id, audit| {
            *owner == sarah().id() && audit.object == Some(id.get()) && audit.patient == sarah().id()
        })
        .once()
        .return_once(|_, _, _| Ok(()));
    service(records, MockNoteRepository::new()).delete_record(&sarah(), Some(RecordId::new(3))).unwrap();
}
