//! Prescriptions and diagnoses: one of each on a link, written only while it is accepted.
use crate::{
    care::{EVERY_KIND, writing},
    support::{TestStore, at, at_once},
};
use domain::{
    audit::AuditAction,
    care::{
        CareError, Entry, EntryChange, EntryEdit, EntryId, EntryKind, EntryRemoval, EntryText, Link,
        OwnEntry, Status,
    },
    identity::Caller,
    notifications::Notice,
    shared::{Page, Patch, text::Prose},
};

fn text(raw: &str) -> Patch<EntryText> {
    Patch::Set(EntryText::parse(raw).unwrap())
}

/// Judged on an accepted link, whatever it is by the time of the writing.
fn own<'a>(entry: &Entry, link: &Link, by: &'a Caller) -> OwnEntry<'a> {
    OwnEntry::check(by, entry.clone(), Link { status: Status::Accepted, ..link.clone() }).unwrap()
}

fn change(entry: &Entry, link: &Link, edit: EntryEdit, by: &Caller) -> EntryChange {
    own(entry, link, by).change(edit, at(60))
}

fn removal(entry: &Entry, link: &Link, by: &Caller) -> EntryRemoval {
    own(entry, link, by).remove(at(70))
}

fn other(kind: EntryKind) -> EntryKind {
    EVERY_KIND.into_iter().find(|other| *other != kind).unwrap()
}

/// Sarah's link with House, accepted, with one entry of the kind.
fn written(db: &TestStore, kind: EntryKind) -> (Caller, Caller, Link, Entry) {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let link = db.linked(&sarah, &house, Status::Accepted);
    let entry = db.entries.write(&writing(&link, kind, "rest", &house)).unwrap();
    (sarah, house, link, entry)
}

on_both!(nothing_is_written_on_a_link_that_is_not_accepted, |db: &TestStore| {
    let house = db.doctor("house");
    for status in [Status::Pending, Status::Rejected] {
        let link = db.linked(&db.patient(status.as_str()), &house, status);
        for kind in EVERY_KIND {
            let refused = db.refuses(|| db.entries.write(&writing(&link, kind, "rest", &house)));
            assert!(matches!(refused, CareError::LinkNotAccepted), "{status:?} {kind:?}: {refused:?}");
        }
    }
});

on_both!(nothing_is_changed_or_removed_once_the_link_is_rejected, |db: &TestStore| {
    let kind = EntryKind::Prescription;
    let (_, house, link, entry) = written(db, kind);
    let reject = link.answer(house.doctor().unwrap(), domain::care::Answer::Reject, at(40)).unwrap();
    db.links.answer(&reject).unwrap();
    let edit = EntryEdit { text: text("run"), ..EntryEdit::default() };
    let refused = db.refuses(|| db.entries.change(kind, &change(&entry, &link, edit, &house)));
    assert!(matches!(refused, CareError::LinkNotAccepted), "{refused:?}");
    let refused = db.refuses(|| db.entries.remove(kind, &removal(&entry, &link, &house)));
    assert!(matches!(refused, CareError::LinkNotAccepted), "{refused:?}");
});

on_both!(nothing_is_written_changed_or_removed_on_a_link_that_is_gone, |db: &TestStore| {
    let (_, house, link, entry) = written(db, EntryKind::Diagnosis);
    db.links.end(&link.end(house.id(), at(40))).unwrap();
    let refusals = [
        db.refuses(|| db.entries.write(&writing(&link, entry.kind, "rest", &house))),
        db.refuses(|| db.entries.change(entry.kind, &change(&entry, &link, EntryEdit::default(), &house))),
        db.refuses(|| db.entries.remove(entry.kind, &removal(&entry, &link, &house))),
    ];
    for refused in refusals {
        assert!(matches!(refused, CareError::LinkUnknown), "{refused:?}");
    }
});

on_both!(a_second_entry_of_its_kind_is_refused, |db: &TestStore| {
    let kind = EntryKind::Diagnosis;
    let (_, house, link, entry) = written(db, kind);
    let refused = db.refuses(|| db.entries.write(&writing(&link, kind, "again", &house)));
    assert!(matches!(refused, CareError::EntryExists(of) if of == kind), "{refused:?}");
    // The other kind has its own place, and an own id.
    let second = db.entries.write(&writing(&link, other(kind), "again", &house)).unwrap();
    assert_ne!(second.id, entry.id);
});

on_both!(of_eight_who_write_one_entry_at_once_exactly_one_does, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let link = db.linked(&sarah, &house, Status::Accepted);
    let kind = EntryKind::Prescription;
    let tries = at_once(8, |i| db.entries.write(&writing(&link, kind, &format!("rest {i}"), &house)));
    let won: Vec<_> = tries.iter().flatten().collect();
    assert_eq!(won.len(), 1);
    let known =
        |tried: &Result<_, _>| matches!(tried, Ok(_) | Err(CareError::EntryExists(EntryKind::Prescription)));
    assert!(tries.iter().all(known), "{tries:?}");
    assert_eq!(db.entries.on(kind, link.id).unwrap().as_ref(), Some(won[0]));
    assert_eq!(db.notices(&sarah).len(), 2, "the accepted link, and one prescription");
    assert_eq!(db.acts(&sarah).iter().filter(|act| **act == AuditAction::PrescriptionMade).count(), 1);
});

on_both!(an_entry_that_is_gone_is_not_changed_or_removed, |db: &TestStore| {
    let kind = EntryKind::Prescription;
    let (_, house, link, entry) = written(db, kind);
    db.entries.remove(kind, &removal(&entry, &link, &house)).unwrap();
    for edit in [EntryEdit::default(), EntryEdit { text: text("run"), ..EntryEdit::default() }] {
        let refused = db.refuses(|| db.entries.change(kind, &change(&entry, &link, edit, &house)));
        assert!(matches!(refused, CareError::EntryUnknown(of) if of == kind), "{refused:?}");
    }
    let refused = db.refuses(|| db.entries.remove(kind, &removal(&entry, &link, &house)));
    assert!(matches!(refused, CareError::EntryUnknown(of) if of == kind), "{refused:?}");
});

on_both!(an_entry_is_not_found_by_the_other_kind, |db: &TestStore| {
    let (_, house, link, entry) = written(db, EntryKind::Prescription);
    let wrong = other(entry.kind);
    assert_eq!(db.entries.find(wrong, entry.id).unwrap(), None);
    assert_eq!(db.entries.on(wrong, link.id).unwrap(), None);
    let edit = EntryEdit { text: text("run"), ..EntryEdit::default() };
    let refused = db.refuses(|| db.entries.change(wrong, &change(&entry, &link, edit, &house)));
    assert!(matches!(refused, CareError::EntryUnknown(of) if of == wrong), "{refused:?}");
    let refused = db.refuses(|| db.entries.remove(wrong, &removal(&entry, &link, &house)));
    assert!(matches!(refused, CareError::EntryUnknown(of) if of == wrong), "{refused:?}");
});

on_both!(an_entry_of_another_link_is_not_changed_by_right_of_this_one, |db: &TestStore| {
    let (sarah, _, _, entry) = written(db, EntryKind::Prescription);
    let wilson = db.doctor("wilson");
    let link = db.linked(&sarah, &wilson, Status::Accepted);
    let edit = EntryEdit { text: text("run"), ..EntryEdit::default() };
    let refused = db.refuses(|| db.entries.change(entry.kind, &change(&entry, &link, edit, &wilson)));
    assert!(matches!(refused, CareError::EntryUnknown(_)), "{refused:?}");
    let refused = db.refuses(|| db.entries.remove(entry.kind, &removal(&entry, &link, &wilson)));
    assert!(matches!(refused, CareError::EntryUnknown(_)), "{refused:?}");
});

on_both!(an_entry_is_written_with_its_notice_and_told_with_its_id, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let link = db.linked(&sarah, &house, Status::Accepted);
    for (kind, act, notice) in [
        (EntryKind::Prescription, AuditAction::PrescriptionMade, Notice::PrescriptionCreated {}),
        (
            EntryKind::Diagnosis,
            AuditAction::DiagnosisMade,
            Notice::DiagnosisCreated { doctor: "house Connor".into() },
        ),
    ] {
        let entry = db.entries.write(&writing(&link, kind, "rest", &house)).unwrap();
        let expected =
            Entry { id: entry.id, kind, link: link.id, text: "rest".into(), details: "twice a day".into() };
        assert_eq!(entry, expected);
        assert_eq!(db.entries.find(kind, entry.id).unwrap(), Some((expected.clone(), link.clone())));
        assert_eq!(db.entries.on(kind, link.id).unwrap(), Some(expected));
        assert_eq!(db.notices(&sarah).last(), Some(&notice));
        let line = db.audit_log.of(sarah.id(), Page::first()).unwrap().remove(0).entry;
        let told = (line.act, line.actor, line.link, line.object);
        assert_eq!(told, (act, Some(house.id()), Some(link.id.get()), Some(entry.id.get())));
    }
    assert_eq!(db.entries.find(EntryKind::Diagnosis, EntryId::new(9_999)).unwrap(), None);
});

on_both!(a_change_writes_what_it_sets_and_notifies_only_if_something_differs, |db: &TestStore| {
    let (sarah, house, link, entry) = written(db, EntryKind::Prescription);
    let before_all = db.notices(&sarah).len();
    let details = Patch::Set(Prose::parse("").unwrap());
    for (edit, expected, notices) in [
        (EntryEdit { text: text("run"), ..EntryEdit::default() }, ("run", "twice a day"), 1),
        (EntryEdit { details, ..EntryEdit::default() }, ("run", ""), 2),
        (EntryEdit::default(), ("run", ""), 2),
        (EntryEdit { text: text("run"), ..EntryEdit::default() }, ("run", ""), 2),
    ] {
        let (before, _) = db.entries.find(entry.kind, entry.id).unwrap().unwrap();
        let after = db.entries.change(entry.kind, &change(&before, &link, edit, &house)).unwrap();
        assert_eq!((after.text.as_str(), after.details.as_str()), expected);
        assert_eq!(db.entries.find(entry.kind, entry.id).unwrap().unwrap().0, after);
        assert_eq!(db.notices(&sarah).len(), before_all + notices);
    }
    let changes = db.acts(&sarah).into_iter().filter(|act| *act == AuditAction::PrescriptionChanged).count();
    assert_eq!(changes, 4, "every change is audited, even one that differs in nothing");
});

on_both!(a_removed_entry_makes_room_for_another_and_notifies_nobody, |db: &TestStore| {
    let (sarah, house, link, entry) = written(db, EntryKind::Diagnosis);
    let notices = db.notices(&sarah);
    db.entries.remove(entry.kind, &removal(&entry, &link, &house)).unwrap();
    assert_eq!(db.entries.find(entry.kind, entry.id).unwrap(), None);
    assert_eq!((db.acts(&sarah).last(), db.notices(&sarah)), (Some(&AuditAction::DiagnosisDeleted), notices));
    let next = db.entries.write(&writing(&link, entry.kind, "again", &house)).unwrap();
    assert!(next.id > entry.id, "an id was given twice");
});

fn seen(kind: EntryKind, link: &Link) -> domain::audit::AuditEntry {
    domain::audit::AuditEntry {
        actor: Some(link.doctor),
        patient: link.patient,
        act: kind.seen(),
        link: Some(link.id.get()),
        object: None,
        at: at(80),
    }
}

on_both!(a_doctor_reads_no_entry_of_a_link_that_was_rejected_since, |db: &TestStore| {
    let (_, _, link, entry) = written(db, EntryKind::Prescription);
    db.database.sql().run("update links set status = 'rejected'").unwrap();
    let refused = db.refuses(|| db.entries.read_as_doctor(entry.kind, link.id, &seen(entry.kind, &link)));
    assert!(matches!(refused, CareError::LinkNotAccepted), "{refused:?}");
    db.database.sql().run("delete from links").unwrap();
    let refused = db.refuses(|| db.entries.read_as_doctor(entry.kind, link.id, &seen(entry.kind, &link)));
    assert!(matches!(refused, CareError::LinkUnknown), "{refused:?}");
});

on_both!(reading_an_entry_is_audited_when_it_is_to_be_and_only_then, |db: &TestStore| {
    let (sarah, _, link, entry) = written(db, EntryKind::Prescription);
    let before = db.acts(&sarah);
    assert_eq!(db.entries.on(entry.kind, link.id).unwrap(), Some(entry.clone()));
    assert_eq!(db.acts(&sarah), before);
    for (kind, found) in [(entry.kind, Some(entry.clone())), (other(entry.kind), None)] {
        assert_eq!(db.entries.read_as_doctor(kind, link.id, &seen(kind, &link)).unwrap(), found);
        assert_eq!(db.audit_log.of(sarah.id(), Page::first()).unwrap().remove(0).entry, seen(kind, &link));
    }
});
