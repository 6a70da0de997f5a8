//! A diary is its owner's; a doctor opens it by right of an accepted link, and the audit log says so.
use crate::{
    care::EVERY_STATUS,
    owned::{Edits, Fixture, assert_pages, fill},
    support::{Node, TestStore, at, username},
};
use domain::{
    audit::{AuditAction, AuditEntry},
    care::{Answer, Status},
    diary::{
        BodyPartId, DiaryError, DiaryReading, Intensity, Note, NoteDraft, NoteEdit, NoteId, NoteTitle,
        PainType, Record, RecordCreated, RecordDraft, RecordEdit, RecordId,
    },
    identity::{AccountFlag, AccountId, Caller, SetFlag},
    notifications::Notice,
    owned::{Created, OwnedResource, ports::OwnedRepository},
    shared::{Page, Patch, Timestamp, text::Prose},
};
use infra::diary::{DieselNoteRepository, DieselRecordRepository, load_body_map, seed_body_parts};

owned_stories!(records: Record);
owned_stories!(notes: Note);

impl Fixture for Record {
    const TABLE: &'static str = "records";

    fn repository(node: &Node) -> Box<dyn OwnedRepository<Self>> {
        Box::new(DieselRecordRepository::new(node.store.clone(), node.data_keys.clone()))
    }
    fn creation(owner: &Caller, at: Timestamp) -> RecordCreated {
        RecordCreated::by(owner, draft(), at)
    }
    fn created(id: RecordId, owner: AccountId, at: Timestamp) -> Self {
        Self {
            id,
            owner,
            pain_type: PainType::Burning,
            intensity: Intensity::parse(10).unwrap(),
            description: "как огонь 🔥\nsince morning".into(),
            took_prescription: true,
            body_part: BodyPartId::new(44),
            recorded_at: at,
            modified_at: at,
        }
    }
    fn kept(lent: Record<&str>) -> Self {
        lent.map_texts(str::to_owned)
    }
    fn edits() -> Edits<Self> {
        vec![
            (RecordEdit { pain_type: Patch::Set(PainType::Cutting), ..<_>::default() }, |r| {
                r.pain_type = PainType::Cutting;
            }),
            (RecordEdit { intensity: Patch::Set(Intensity::parse(0).unwrap()), ..<_>::default() }, |r| {
                r.intensity = Intensity::parse(0).unwrap();
            }),
            (RecordEdit { description: Patch::Set(Prose::default()), ..<_>::default() }, |r| {
                r.description = String::new();
            }),
            (RecordEdit { took_prescription: Patch::Set(false), ..<_>::default() }, |r| {
                r.took_prescription = false;
            }),
            (RecordEdit { body_part: Patch::Set(BodyPartId::new(1)), ..<_>::default() }, |r| {
                r.body_part = BodyPartId::new(1);
            }),
        ]
    }
    fn modified_at(&mut self) -> &mut Timestamp {
        &mut self.modified_at
    }
}

impl Fixture for Note {
    const TABLE: &'static str = "notes";

    fn repository(node: &Node) -> Box<dyn OwnedRepository<Self>> {
        Box::new(DieselNoteRepository::new(node.store.clone(), node.data_keys.clone()))
    }
    fn creation(owner: &Caller, at: Timestamp) -> Created<NoteDraft> {
        let (title, body) = (NoteTitle::parse("title").unwrap(), Prose::parse("body").unwrap());
        Created::by(owner, Self::AUDIT, NoteDraft { title, body }, at)
    }
    fn created(id: NoteId, owner: AccountId, at: Timestamp) -> Self {
        Self { id, owner, title: "title".into(), body: "body".into(), created_at: at, modified_at: at }
    }
    fn kept(lent: Note<&str>) -> Self {
        lent.map_texts(str::to_owned)
    }
    fn edits() -> Edits<Self> {
        let title = Patch::Set(NoteTitle::parse("new").unwrap());
        vec![
            (NoteEdit { title, ..NoteEdit::default() }, |note| note.title = "new".into()),
            (NoteEdit { body: Patch::Set(Prose::default()), ..NoteEdit::default() }, |note| {
                note.body.clear()
            }),
        ]
    }
    fn modified_at(&mut self) -> &mut Timestamp {
        &mut self.modified_at
    }
}

pub(crate) fn draft() -> RecordDraft {
    RecordDraft {
        pain_type: PainType::Burning,
        intensity: Intensity::parse(10).unwrap(),
        description: Prose::parse("как огонь 🔥\nsince morning").unwrap(),
        took_prescription: true,
        body_part: BodyPartId::new(44),
    }
}

fn made(db: &TestStore, owner: &Caller) -> Record {
    db.records.create(&Record::creation(owner, at(30))).unwrap()
}

fn reading(doctor: &Caller, patient: AccountId, page: Page<RecordId>) -> DiaryReading {
    DiaryReading::by(doctor.doctor().unwrap(), patient, page, at(50))
}

fn last_entry(db: &TestStore, patient: &Caller) -> AuditEntry {
    db.audit_log.of(patient.id(), Page::first()).unwrap().remove(0).entry
}

on_both!(a_doctor_without_an_accepted_link_reads_nothing_and_leaves_no_entry, |db: &TestStore| {
    let (house, wilson) = (db.doctor("house"), db.doctor("wilson"));
    let sarah = db.patient("sarah");
    made(db, &sarah);
    db.linked(&sarah, &wilson, Status::Accepted);
    let refuses = |patient| {
        let refused = db.refuses(|| db.reads(&reading(&house, patient, Page::first())));
        assert!(matches!(refused, DiaryError::NotYourPatient), "{refused:?}");
    };
    refuses(sarah.id());
    refuses(house.id());
    refuses(AccountId::new(9_999));
    let link = db.ask(&sarah, &house);
    refuses(sarah.id());
    let answer = |link: &domain::care::Link, word| {
        db.links.answer(&link.answer(house.doctor().unwrap(), word, at(20)).unwrap()).unwrap();
        db.link(link).unwrap()
    };
    let link = answer(&link, Answer::Reject);
    refuses(sarah.id());
    let link = answer(&link, Answer::Accept);
    db.reads(&reading(&house, sarah.id(), Page::first())).unwrap();
    db.links.end(&link.end(sarah.id(), at(21))).unwrap();
    refuses(sarah.id());
});

on_both!(a_doctor_reads_by_right_of_the_link_that_the_trail_names, |db: &TestStore| {
    let (house, sarah, kyle) = (db.doctor("house"), db.patient("sarah"), db.patient("kyle"));
    db.linked(&kyle, &house, Status::Accepted);
    let link = db.linked(&sarah, &house, Status::Accepted);
    let records = [made(db, &sarah), made(db, &sarah)];
    let (first, last) = (records[0].id, records[1].clone());
    made(db, &kyle);
    let read = db.reads(&reading(&house, sarah.id(), Page::first())).unwrap();
    assert_eq!(read, records.map(|record| (sarah.person.clone(), record)));
    let expected = AuditEntry {
        actor: Some(house.id()),
        patient: sarah.id(),
        act: AuditAction::RecordsSeen,
        link: Some(link.id.get()),
        object: None,
        at: at(50),
    };
    assert_eq!(last_entry(db, &sarah), expected);
    assert!(!db.acts(&kyle).contains(&AuditAction::RecordsSeen));
    let second = reading(&house, sarah.id(), Page::after(first).with_limit(1));
    assert_eq!(db.reads(&second).unwrap(), [(sarah.person.clone(), last)]);
});

on_both!(a_diary_whose_reading_cannot_be_audited_is_not_read, |db: &TestStore| {
    let (house, sarah) = (db.doctor("house"), db.patient("sarah"));
    db.linked(&sarah, &house, Status::Accepted);
    made(db, &sarah);
    db.database.sql().fail_at_commit("audit_entries", "new.act = 'records.read'");
    db.refuses(|| db.reads(&reading(&house, sarah.id(), Page::first())));
});

on_both!(a_record_notifies_every_doctor_of_its_owner_and_nobody_else, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let doctors = EVERY_STATUS.map(|status| {
        let doctor = db.doctor(status.as_str());
        db.linked(&sarah, &doctor, status);
        doctor
    });
    let [second, ended, of_another] = ["second", "ended", "of-another"].map(|name| db.doctor(name));
    let former = db.doctor("former");
    db.linked(&sarah, &former, Status::Accepted);
    let flag = AccountFlag::Doctor(false);
    db.accounts.grant(&SetFlag { username: username("former"), flag, at: at(20) }).unwrap();
    db.linked(&sarah, &second, Status::Accepted);
    let link = db.linked(&sarah, &ended, Status::Accepted);
    db.links.end(&link.end(ended.id(), at(25))).unwrap();
    db.linked(&kyle, &of_another, Status::Accepted);

    let all = [&doctors[0], &doctors[1], &doctors[2], &second, &ended, &of_another, &former, &sarah, &kyle];
    let notices = || all.map(|person| db.notices(person).len());
    let before = notices();
    made(db, &sarah);
    let new: Vec<_> = notices().iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(new, [0, 1, 0, 1, 0, 0, 0, 0, 0]);
    assert_eq!(db.notices(&second).last(), Some(&Notice::RecordCreated { patient: "sarah Connor".into() }));
    for doctor in [&doctors[1], &second] {
        assert_eq!(db.unread(doctor.id()), 2);
    }
});

on_both!(a_doctor_reads_a_long_diary_page_by_page_complete_and_in_order, |db: &TestStore| {
    let (sarah, kyle, house) = (db.patient("sarah"), db.patient("kyle"), db.doctor("house"));
    db.linked(&sarah, &house, Status::Accepted);
    fill::<Record>(db, &sarah, &kyle);
    assert_pages::<Record>(&sarah, |page| {
        let read = db.reads(&reading(&house, sarah.id(), page)).unwrap();
        read.into_iter().map(|(_, record)| record).collect()
    });
});

on_both!(the_body_map_is_the_seed_however_often_it_is_sown, |db: &TestStore| {
    let seed = include_str!("../../../../seeds/body_parts.json");
    let seed: Vec<serde_json::Value> = serde_json::from_str(seed).unwrap();
    let is_the_seed = || {
        let map = load_body_map(&db.store).unwrap();
        assert_eq!((map.parts().len(), seed.len()), (44, 44));
        for (part, seed) in map.parts().iter().zip(&seed) {
            let told = serde_json::json!({ "id": part.id.get(), "name": part.name, "translation": part.translation });
            assert_eq!(&told, seed);
        }
    };
    is_the_seed();
    assert_eq!(seed_body_parts(&db.store).unwrap(), 44);
    is_the_seed();
    // A part that was renamed or lost comes back, on eight nodes at once.
    let mut sql = db.database.sql();
    sql.run("update body_parts set name = 'nose' where id = 1").unwrap();
    sql.run("delete from body_parts where id = 44").unwrap();
    for sown in crate::support::at_once(8, |_| seed_body_parts(&db.store)) {
        assert_eq!(sown.unwrap(), 44);
    }
    is_the_seed();
});
