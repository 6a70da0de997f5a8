//! The audit log is read newest first, one patient at a time, and the database itself keeps it from being rewritten.
use crate::support::{TestStore, at, username};
use domain::{
    audit::{AuditAction, AuditEntry},
    care::Status,
    identity::{ProfileEdit, ProfilePatch, TokenHash},
    shared::{AccountId, Page, Patch},
};

on_both!(the_database_refuses_to_rewrite_or_forget_an_entry, |db: &TestStore| {
    db.patient("sarah");
    for statement in [
        "update audit_entries set act = 'record.read'",
        "update audit_entries set actor_id = null where id = 1",
        "delete from audit_entries",
        "delete from audit_entries where act = 'account.register'",
    ] {
        let refused = db.refuses(|| db.database.sql().run(statement));
        assert!(refused.to_string().contains("audit entries are never "), "{statement}: {refused}");
    }
});

on_both!(the_database_refuses_to_replace_or_truncate_an_entry, |db: &TestStore| {
    db.patient("sarah");
    let sqlite = db.database.location.sqlite_file().is_some();
    // Each database has one more way to lose a row.
    let statement = if sqlite {
        "insert or replace into audit_entries (id, at, patient_id, act) \
         select id, at, patient_id, 'record.read' from audit_entries"
    } else {
        "truncate audit_entries"
    };
    db.refuses(|| db.database.sql().run(statement));
});

on_both!(an_audit_log_is_empty_before_anything_was_done, |db: &TestStore| {
    db.patient("sarah");
    assert_eq!(db.audit_log.of(AccountId::new(i64::MAX), Page::first()).unwrap(), []);
});

on_both!(the_audit_log_is_newest_first_and_of_one_patient_only, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let house = db.doctor("house");
    db.linked(&kyle, &house, Status::Accepted);
    let link = db.linked(&sarah, &house, Status::Accepted);

    let lines = db.audit_log.of(sarah.id(), Page::first()).unwrap();
    let told: Vec<_> = lines.iter().map(|l| (l.entry.clone(), l.actor_name.as_deref())).collect();
    let by = |actor, act, link, second| AuditEntry {
        actor: Some(actor),
        patient: sarah.id(),
        act,
        link,
        object: None,
        at: at(second),
    };
    let link = Some(link.id.get());
    let expected = [
        (by(house.id(), AuditAction::LinkAccepted, link, 20), Some("house")),
        (by(sarah.id(), AuditAction::LinkRequested, link, 10), Some("sarah")),
        (by(sarah.id(), AuditAction::AccountRegistered, None, 0), Some("sarah")),
    ];
    assert_eq!(told, expected);
});

on_both!(an_actor_has_the_name_of_today_and_the_house_itself_has_none, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let patch = ProfilePatch { username: Patch::Set(username("anna")), ..ProfilePatch::default() };
    let audit = AuditEntry { actor: None, ..AuditEntry::own(sarah.id(), AuditAction::ProfileChanged, at(1)) };
    db.accounts
        .edit(&ProfileEdit {
            account: sarah.id(),
            patch,
            password: None,
            session: TokenHash(String::new()),
            audit,
        })
        .unwrap();
    // Nobody has that id: an entry outlives what it tells of.
    let insert = format!(
        "insert into audit_entries (at, actor_id, patient_id, act) \
         values ('2025-07-21 08:00:02.000001', 99999, {}, 'record.delete')",
        sarah.id()
    );
    db.database.sql().run(&insert).unwrap();
    let lines = db.audit_log.of(sarah.id(), Page::first()).unwrap();
    let told: Vec<_> = lines.iter().map(|l| (l.entry.act, l.actor_name.as_deref())).collect();
    assert_eq!(
        told,
        [
            (AuditAction::RecordDeleted, None),
            (AuditAction::ProfileChanged, None),
            (AuditAction::AccountRegistered, Some("anna"))
        ]
    );
    assert_eq!(lines[0].entry.at.timestamp_subsec_micros(), 1);
});

on_both!(a_long_audit_log_is_read_page_by_page_without_gap_or_repeat, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let fill = format!(
        "insert into audit_entries (at, actor_id, patient_id, act) \
         select '2025-07-21 08:00:00', {sarah}, {sarah}, 'note.create' from accounts cross join \
         (with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100) select i from n) as numbers"
    );
    db.database.sql().run(&fill).unwrap();
    let (mut page, mut sizes, mut ids) = (Page::first(), vec![], vec![]);
    loop {
        let lines = db.audit_log.of(sarah, page).unwrap();
        sizes.push(lines.len());
        let Some(last) = lines.last() else { break };
        page = Page::after(last.id);
        ids.extend(lines.iter().map(|line| line.id));
    }
    assert_eq!(sizes, [500, 500, 101, 0]);
    assert!(ids.is_sorted_by(|newer, older| newer > older));
    let three = db.audit_log.of(sarah, Page::first().with_limit(3)).unwrap();
    assert_eq!(three.iter().map(|line| line.id).collect::<Vec<_>>(), ids[..3]);
});
