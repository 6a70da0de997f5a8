//! How PostgreSQL finds the rows of a page: what others have is not read for it. A statement that is prepared is planned
//! without its limit from about its sixth time on, and the plan that is good for one limit reads whole tables for another.
use crate::{
    owned::Fixture,
    support::{Backend, Node, Sql, TestStore, at},
};
use domain::{care::Status, shared::Page};
use std::{
    thread,
    time::{Duration, Instant},
};

const STRANGERS: &str = "insert into accounts (username, email, email_key, password, first_name, last_name, \
    father_name, phone_number, is_doctor, is_patient, is_staff, is_active, created_at) \
    select 'stranger' || n, n::text, 'stranger' || n, '', '', '', '', '', true, true, false, true, now() \
    from generate_series(1, 200) n";
const THEIR_LINKS: &str = "insert into links (patient_id, doctor_id, status, requested_at) \
    select p.id, d.id, 'pending', now() from accounts p join accounts d on p.id <> d.id and d.id % 10 = 0 \
    where p.username like 'stranger%' and d.username like 'stranger%'";
const THEIR_TALK: &str = "insert into conversations (low_id, high_id, started_at, last_seq) \
    select p.id, d.id, now(), 1 from accounts p join accounts d on p.id < d.id and d.id % 5 = 0 \
    where p.username like 'stranger%' and d.username like 'stranger%'";

/// Often enough for each connection of a pool to have settled on a plan.
const PAGES: i64 = 60;

/// Rows of a table that were read so far, and how often anybody began to: counted when a connection ends.
fn read(db: &TestStore, table: &str) -> [i64; 2] {
    let mut sql = db.database.sql();
    ["coalesce(idx_tup_fetch, 0) + seq_tup_read", "coalesce(idx_scan, 0) + seq_scan"].map(|what| {
        sql.number(&format!(
            "select {what} from pg_stat_user_tables where schemaname = current_schema() and relname = '{table}'"
        ))
    })
}

/// Rows of the table that one page takes.
fn rows_for_a_page(db: &TestStore, table: &str, page: impl Fn(&Node)) -> i64 {
    let [before, begun] = read(db, table);
    {
        let node = Node::open(&db.database);
        (0..PAGES).for_each(|_| page(&node));
    }
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let [now, begun_now] = read(db, table);
        if begun_now >= begun + PAGES {
            return (now - before) / PAGES;
        }
        assert!(Instant::now() < patience, "nothing was counted");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_page_of_links_or_of_peers_reads_nobody_else_s() {
    let db = TestStore::on(Backend::Postgres);
    let (house, sarah) = (db.doctor("house"), db.patient("sarah"));
    let mut sql = db.database.sql();
    for statement in [STRANGERS, THEIR_LINKS, THEIR_TALK] {
        assert!(sql.run(statement).unwrap() >= 200, "{statement}");
    }
    // The last of all: a scan that reaches them has read every row.
    db.linked(&sarah, &house, Status::Accepted);
    let (one, other) = (sarah.id().get().min(house.id().get()), sarah.id().get().max(house.id().get()));
    let talk = "insert into conversations (low_id, high_id, started_at, last_seq) values";
    sql.run(&format!("{talk} ({one}, {other}, now(), 1)")).unwrap();
    sql.run("analyze").unwrap();
    let links = rows_for_a_page(&db, "links", |node| {
        assert_eq!(rows!(node.links, sheets_for(&house, Page::first(), at(50))).unwrap().len(), 1);
    });
    let peers = rows_for_a_page(&db, "conversations", |node| {
        assert_eq!(node.messages.peers(sarah.id(), Page::first()).unwrap().len(), 1);
    });
    assert!(links < 10 && peers < 10, "a page read {links} links, {peers} conversations");
}

pub(crate) fn of_owned<T: Fixture>() {
    let db = TestStore::on(Backend::Postgres);
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let mut sql = db.database.sql();
    assert_eq!(sql.run(STRANGERS).unwrap(), 200);
    T::repository(&db).create(&T::creation(&kyle, at(30))).unwrap();
    let theirs = theirs::<T>(&mut sql);
    assert_eq!(sql.run(&theirs).unwrap(), 20_000);
    // The last of all: a scan that reaches it has read every row.
    T::repository(&db).create(&T::creation(&sarah, at(30))).unwrap();
    sql.run("analyze").unwrap();
    let rows = rows_for_a_page(&db, T::TABLE, |node| {
        assert_eq!(crate::owned::page_of::<T>(node, &sarah, Page::first()).len(), 1);
    });
    assert!(rows < 10, "a page read {rows} rows");
}

/// A hundred copies of the one row for each stranger.
fn theirs<T: Fixture>(sql: &mut Sql) -> String {
    let columns: Vec<_> = sql.columns(T::TABLE).into_iter().filter(|column| column != "id").collect();
    let values: Vec<_> = columns
        .iter()
        .map(
            |column| {
                if column == "owner_id" { "accounts.id".into() } else { format!("{}.{column}", T::TABLE) }
            },
        )
        .collect();
    format!(
        "insert into {table} ({}) select {} from {table} cross join accounts cross join generate_series(1, 100) \
         where username like 'stranger%'",
        columns.join(", "),
        values.join(", "),
        table = T::TABLE,
    )
}
