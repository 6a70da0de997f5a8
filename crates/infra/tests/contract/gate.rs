//! What PostgreSQL lets in between two statements of one transaction. SQLite has one writer and lets nothing in.
//!
//! A trigger of the test's own stops a transaction at a chosen insert until the test lets it go: no round is lucky.
use crate::{
    diary::draft,
    support::{Backend, Sql, TestStore, at, unique},
};
use domain::{
    care::Status,
    diary::{DiaryError, DiaryReading, Record, RecordCreated},
    identity::{Nonce, PasswordHash, SignIn},
    shared::Page,
};
use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

/// Closed until [`open`](Self::open).
struct Gate {
    sql: Sql,
    number: u64,
}

impl Gate {
    /// `trigger` says when, on which table: `before insert on links for each row`.
    fn closed(db: &TestStore, trigger: &str) -> Self {
        let (mut sql, number) = (db.database.sql(), unique());
        for statement in [
            format!("select pg_advisory_lock({number})"),
            format!(
                "create function gate() returns trigger language plpgsql as \
                 $$ begin perform pg_advisory_xact_lock_shared({number}); return new; end $$"
            ),
            format!("create trigger gate {trigger} execute function gate()"),
        ] {
            sql.run(&statement).unwrap();
        }
        Self { sql, number }
    }

    /// Until that many of this test's transactions wait for a lock, or `done`.
    fn wait_for(&mut self, waiting: i64, done: &AtomicBool) {
        let question = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
                        and application_name = current_setting('application_name')";
        while self.sql.number(question) < waiting && !done.load(SeqCst) {
            thread::yield_now();
        }
    }

    fn open(mut self) {
        self.sql.run(&format!("select pg_advisory_unlock({})", self.number)).unwrap();
    }
}

/// Runs `first` up to the gate, then `second` as far as it gets, then lets both go.
fn let_in_between<A: Send, B: Send>(
    mut gate: Gate,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    let (first_done, second_done) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let first = scope.spawn(|| (first(), first_done.store(true, SeqCst)).0);
        gate.wait_for(1, &first_done);
        let second = scope.spawn(|| (second(), second_done.store(true, SeqCst)).0);
        gate.wait_for(2, &second_done);
        gate.open();
        (first.join().unwrap(), second.join().unwrap())
    })
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_doctor_never_reads_what_was_written_after_the_link_ended() {
    let db = TestStore::on(Backend::Postgres);
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let link = db.linked(&sarah, &house, Status::Accepted);
    let make = || db.records.create(&RecordCreated::by(&sarah, draft(), at(45))).unwrap();
    let before = make();
    let gate =
        Gate::closed(&db, "before insert on audit_entries for each row when (new.act = 'records.read')");
    let reading = DiaryReading::by(house.doctor().unwrap(), sarah.id(), Page::first(), at(50));
    let (read, after): (Result<_, DiaryError>, Record) = let_in_between(
        gate,
        || db.reads(&reading),
        || {
            db.links.end(&link.end(sarah.id(), at(44))).unwrap();
            make()
        },
    );
    match read {
        Ok(read) => {
            let records: Vec<_> = read.into_iter().map(|(_, record)| record).collect();
            assert!(!records.contains(&after), "read after the link ended: {records:?}");
            assert_eq!(records, [before]);
        }
        Err(e) => assert!(matches!(e, DiaryError::NotYourPatient), "{e:?}"),
    }
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_sign_out_between_the_steps_of_a_sign_in_makes_it_fail_for_nobody() {
    let db = TestStore::on(Backend::Postgres);
    let sarah = db.patient("sarah").id();
    let gate = Gate::closed(&db, "after insert on sessions for each statement");
    let signing_in = SignIn {
        account: sarah,
        fresh: Nonce("fresh".into()),
        verified: PasswordHash::new("$fake$sarah".into()),
        rehash: None,
        at: at(40),
    };
    let (nonce, out) =
        let_in_between(gate, || db.accounts.sign_in(&signing_in), || db.accounts.sign_out(sarah));
    assert!(nonce.is_ok() && out.is_ok(), "{nonce:?} {out:?}");
}
