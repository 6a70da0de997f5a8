//! SQLite as `.cargo/config.toml` has it built, seen from inside: no list has its statement compiled anew. Each of them was, by
//! every new LIMIT, when a build missed the flags.
use crate::{
    bus::InProcessBus,
    care::DieselLinkRepository,
    crypto::{DataKeys, KeyRing, KeyStore},
    diary::{DieselNoteRepository, DieselRecordRepository},
    messaging::{DieselMessageRepository, DieselPeerDirectory},
    notifications::DieselNotificationRepository,
    store::{Location, Store, migrate, on},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    care::ports::LinkRepository,
    identity::testing::patient,
    messaging::{
        PeerRef, Room,
        ports::{MessageRepository, PeerDirectory},
    },
    notifications::ports::NotificationRepository,
    owned::ports::OwnedRepository,
    shared::{AccountId, Page, Timestamp},
};
use std::{collections::BTreeSet, sync::Arc};

#[derive(QueryableByName)]
struct CompileOption {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName, Debug, PartialEq, Eq)]
struct Statement {
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = BigInt)]
    compiled_anew: i64,
}

/// With one reader, so that what was prepared is found again.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("care.db"));
    migrate(&location).unwrap();
    (folder, Store::open(&location, 1, Arc::new(InProcessBus::alone())).unwrap())
}

#[test]
fn sqlite_has_the_projects_flags() {
    let (_folder, store) = store();
    let options: BTreeSet<String> = store
        .read(|conn| {
            on!(conn, |c| sql_query("SELECT compile_options AS name FROM pragma_compile_options").load(c))
        })
        .unwrap()
        .into_iter()
        .map(|CompileOption { name }| name)
        .collect();
    for flag in ["ENABLE_QPSG", "ENABLE_STMTVTAB", "THREADSAFE=2", "DEFAULT_MEMSTATUS=0"] {
        assert!(options.contains(flag), "{flag} is not among {options:?}");
    }
    assert!(!options.contains("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}

#[test]
fn no_list_has_its_statement_compiled_anew() {
    let (folder, store) = store();
    let ring = KeyRing::new([&[7; 32][..]]).unwrap();
    let keys =
        KeyStore::open(&Location::Sqlite(folder.path().join("keys.db")), "tests", false, &ring).unwrap();
    let keys = DataKeys::new(ring, keys);
    let me = AccountId::new(1);
    let caller = patient(me);
    let (at, room) = (Timestamp::UNIX_EPOCH, Room::of(me, AccountId::new(2)));
    let messages = DieselMessageRepository { store: store.clone(), data_keys: keys.clone() };
    let lists = |limit: u16| {
        let (s, k) = (|| store.clone(), || keys.clone());
        let page = Page::first().with_limit(limit);
        DieselRecordRepository::new(s(), k()).page_of(me, page, &mut |_| ()).unwrap();
        let page = Page::first().with_limit(limit);
        DieselNoteRepository::new(s(), k()).page_of(me, page, &mut |_| ()).unwrap();
        DieselNotificationRepository(s()).of(me, Page::first().with_limit(limit), &mut |_| ()).unwrap();
        DieselNotificationRepository(s()).unread_of(&[me]).unwrap();
        DieselLinkRepository { store: s(), data_keys: k() }
            .sheets_for(&caller, Page::first().with_limit(limit), at, &mut |_| ())
            .unwrap();
        DieselPeerDirectory(s()).find(me, &PeerRef::Id(me)).unwrap();
        messages.since(room, Page::first().with_limit(limit)).unwrap();
        messages.latest(room, Page::first().with_limit(limit), &mut |_| ()).unwrap();
        messages.inbox_since(me, Page::first().with_limit(limit), at).unwrap();
        messages.waiting(me, Page::first().with_limit(limit), at).unwrap();
        messages.peers(me, Page::first().with_limit(limit)).unwrap();
    };
    for limit in [500, 3, 50, 7, 500] {
        lists(limit);
    }
    let prepared: Vec<Statement> = store
        .read(|conn| {
            on!(conn, |c| sql_query("SELECT sql AS text, reprep AS compiled_anew FROM sqlite_stmt").load(c))
        })
        .unwrap();
    assert!(prepared.len() > 9, "{prepared:?}");
    let anew: Vec<_> = prepared.iter().filter(|statement| statement.compiled_anew > 0).collect();
    assert!(anew.is_empty(), "{anew:#?}");
}
