//! A change is whole or nothing, whatever ends it; and many writers at once are none too many.
use crate::{
    care::writing,
    diary::draft,
    support::{Backend, TestStore, at, at_once, new_account, opening},
};
use domain::{
    care::{EntryKind, Status},
    diary::{BodyPartId, DiaryError, RecordCreated, RecordDraft},
    identity::{
        Nonce, Token, TokenHash,
        ports::{AccountRepository, TokenIssuer},
    },
    shared::{AccountId, Page, StoreError},
};
use infra::{
    identity::DieselAccountRepository,
    store::{Location, Store},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

on_both!(a_record_of_a_body_part_that_does_not_exist_leaves_nothing_and_notifies_nobody, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.linked(&sarah, &house, Status::Accepted);
    let nowhere = RecordDraft { body_part: BodyPartId::new(45), ..draft() };
    let refused = db.refuses(|| db.records.create(&RecordCreated::by(&sarah, nowhere.clone(), at(30))));
    assert!(matches!(refused, DiaryError::Store(StoreError::Failed(_))), "{refused:?}");
    db.records.create(&RecordCreated::by(&sarah, draft(), at(31))).unwrap();
});

on_both!(a_notice_that_cannot_be_written_takes_the_whole_change_with_it, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let nobody = AccountId::new(9_999);
    let mut opening = opening(&sarah, &house);
    opening.notification.owner = nobody;
    db.refuses(|| db.links.open(&opening));
    let link = db.linked(&sarah, &house, Status::Accepted);
    let mut writing = writing(&link, EntryKind::Diagnosis, "rest", &house);
    writing.notification.owner = nobody;
    db.refuses(|| db.entries.write(&writing));
});

on_both!(the_same_pool_serves_on_after_many_refusals, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.ask(&sarah, &house);
    // More than the pool has connections: none may be left in the middle of a transaction.
    for refused in at_once(8, |_| (0..5).map(|_| db.links.open(&opening(&sarah, &house)).is_err()).collect())
    {
        let refused: Vec<bool> = refused;
        assert_eq!(refused, [true; 5]);
    }
    db.store.health().unwrap();
    db.patient("kyle");
});

/// Panics in the middle of a transaction, where the store derives the token of a new session, while it is armed.
struct Armed {
    armed: AtomicBool,
    token_issuer: Arc<dyn TokenIssuer>,
}

impl TokenIssuer for Armed {
    fn nonce(&self) -> Nonce {
        self.token_issuer.nonce()
    }
    fn derive(&self, account: AccountId, nonce: &Nonce) -> Token {
        assert!(!self.armed.load(SeqCst), "on purpose");
        self.token_issuer.derive(account, nonce)
    }
    fn link(&self, page: &str, nonce: &Nonce) -> Token {
        self.token_issuer.link(page, nonce)
    }
    fn hash(&self, token: &str) -> TokenHash {
        self.token_issuer.hash(token)
    }
}

fn a_panic_before_the_commit(backend: Backend) {
    let db = TestStore::on(backend);
    let fuse = Arc::new(Armed { armed: AtomicBool::new(true), token_issuer: db.token_issuer.clone() });
    let accounts = DieselAccountRepository::new(db.store.clone(), fuse.clone());
    let before = db.database.sql().everything();
    // More often than the pool has connections, and from threads that die of it as well.
    for _ in 0..6 {
        let done = catch_unwind(AssertUnwindSafe(|| accounts.register(&new_account("sarah"))));
        assert!(done.is_err());
    }
    fuse.armed.store(false, SeqCst);
    assert_eq!(before, db.database.sql().everything());
    accounts.register(&new_account("sarah")).unwrap();
}

mod a_panic_before_the_commit_leaves_nothing_and_the_pool_usable {
    use super::*;
    #[test]
    fn on_sqlite() {
        a_panic_before_the_commit(Backend::Sqlite);
    }
    #[test]
    #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
    fn on_postgres() {
        a_panic_before_the_commit(Backend::Postgres);
    }
}

on_both!(a_panic_while_reading_leaves_the_pool_usable, |db: &TestStore| {
    for _ in 0..6 {
        let read = || db.store.read::<()>(|_| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(read)).is_err());
    }
    db.store.health().unwrap();
    db.patient("sarah");
});

on_both!(eight_writers_with_25_changes_each_all_succeed_and_readers_never_wait, |db: &TestStore| {
    let house = db.doctor("house");
    let patients: Vec<_> = (0..8).map(|i| db.patient(&format!("patient-{i}"))).collect();
    for patient in &patients {
        db.linked(patient, &house, Status::Accepted);
    }
    let failures: Vec<_> = at_once(10, |i| {
        (0..25)
            .filter_map(|_| match patients.get(i) {
                Some(patient) => db.records.create(&RecordCreated::by(patient, draft(), at(30))).err(),
                None => rows!(db.records, page_of(patients[i - 8].id(), Page::first()))
                    .err()
                    .map(DiaryError::Store),
            })
            .map(|e| format!("{e:?}"))
            .collect::<Vec<_>>()
    })
    .concat();
    assert_eq!(failures, [""; 0]);
    let mut sql = db.database.sql();
    assert_eq!(sql.count("records"), 200);
    assert_eq!(db.notices(&house).len(), 208);
    assert_eq!(sql.number("select count(*) from audit_entries where act = 'record.create'"), 200);
});

on_both!(an_id_that_was_given_once_is_never_given_again, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let mut last = 0;
    for _ in 0..5 {
        let record = db.records.create(&RecordCreated::by(&sarah, draft(), at(30))).unwrap();
        assert!(record.id.get() > last, "{} after {last}", record.id);
        last = record.id.get();
        let own = sarah.own(Some(record)).unwrap();
        db.records.delete(&own.removed(at(31))).unwrap();
    }
});

on_both!(a_second_store_on_the_same_database_sees_what_the_first_wrote, |db: &TestStore| {
    let other = crate::support::Node::open(&db.database);
    let sarah = db.patient("sarah");
    assert_eq!(other.people.named(&new_account("sarah").username).unwrap(), Some(sarah.person.clone()));
});

fn is_unavailable(url: &str) {
    let opened = Store::open(&Location::parse(url).unwrap(), 1, Arc::new(infra::bus::InProcessBus::alone()));
    assert!(matches!(opened, Err(StoreError::Unavailable(_))));
}

#[test]
fn a_file_that_cannot_be_opened_is_unavailable() {
    is_unavailable("sqlite:///proc/nowhere/care.db");
}

#[test]
fn a_postgresql_that_is_down_is_unavailable() {
    is_unavailable("postgres://127.0.0.1:1/nothing");
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn connections_that_the_server_killed_are_told_as_unavailable_and_replaced() {
    let db = TestStore::on(Backend::Postgres);
    let sarah = db.patient("sarah");
    // All connections of this test's schema, and no others.
    let kill = "select cast(pg_terminate_backend(pid) as text) as words from pg_stat_activity \
                where application_name = current_setting('application_name') and pid <> pg_backend_pid()";
    assert_eq!(db.database.sql().words(kill), ["true"; 4 + 2], "those of the data and of the keys");
    let mut failures = vec![];
    for _ in 0..20 {
        if let Err(e) = rows!(db.records, page_of(sarah.id(), Page::first())) {
            failures.push(e);
        }
    }
    assert!(failures.iter().all(|e| matches!(e, StoreError::Unavailable(_))), "{failures:?}");
    assert!(failures.len() <= 4, "a dead connection was handed out twice: {failures:?}");
    db.patient("kyle");
}
