use super::*;
use crate::{
    audit::{AuditAction, AuditEntry},
    diary::{BodyPartId, DiaryError, Intensity, PainType, ports::MockPatientRecords},
    identity::testing::{house, sarah},
    notifications::Notice,
    owned::ports::MockOwnedRepository,
    shared::{Fixed, Timestamp, text::Prose},
};

fn service(records: MockOwnedRepository<Record>, patients: MockPatientRecords) -> DiaryService {
    let clock: Arc<dyn Clock> = Arc::new(Fixed(Timestamp::UNIX_EPOCH));
    DiaryService {
        records: OwnedService { repository: Arc::new(records), clock: clock.clone() },
        patients: Arc::new(patients),
        body: BodyMap::default(),
        clock,
    }
}

#[test]
fn a_doctor_asks_for_a_patients_records_and_the_audit_entry_names_both() {
    let entry = AuditEntry {
        actor: Some(house().id()),
        patient: sarah().id(),
        act: AuditAction::RecordsSeen,
        link: None,
        object: None,
        at: Timestamp::UNIX_EPOCH,
    };
    let mut patients = MockPatientRecords::new();
    patients
        .expect_read_as_doctor()
        .withf(move |r, _| (r.doctor(), r.patient(), r.audit()) == (house().id(), sarah().id(), &entry))
        .once()
        .return_once(|_, _| Err(DiaryError::NotYourPatient));
    let (diary, house) = (service(MockOwnedRepository::new(), patients), house());
    let refused =
        diary.records_of_patient(house.doctor().unwrap(), sarah().id(), Page::first(), &mut |_, record| {
            unreachable!("{record:?}")
        });
    assert!(matches!(refused, Err(DiaryError::NotYourPatient)));
}

#[test]
fn a_record_notifies_the_doctors_with_the_patients_name() {
    let draft = RecordDraft {
        pain_type: PainType::Burning,
        intensity: Intensity::parse(4).unwrap(),
        description: Prose::default(),
        took_prescription: false,
        body_part: BodyPartId::new(25),
    };
    let made = Record {
        id: RecordId::new(3),
        owner: sarah().id(),
        pain_type: draft.pain_type,
        intensity: draft.intensity,
        description: String::new(),
        took_prescription: false,
        body_part: draft.body_part,
        recorded_at: Timestamp::UNIX_EPOCH,
        modified_at: Timestamp::UNIX_EPOCH,
    };
    let mut records = MockOwnedRepository::new();
    records
        .expect_create()
        .withf(|c: &RecordCreated| {
            *c.notice_for_doctors() == Notice::RecordCreated { patient: "Sarah Connor".into() }
                && c.as_ref().owner() == sarah().id()
                && c.as_ref().audit().actor == Some(sarah().id())
        })
        .once()
        .return_once(move |_| Ok(made));
    service(records, MockPatientRecords::new()).create_record(&sarah(), draft).unwrap();
}
