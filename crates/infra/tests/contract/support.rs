//! The harness: a fresh town in a fresh database for every test, and people to live in it.
//!
//! # How a story is told
//!
//! ```ignore
//! story!(nobody_is_asked_twice, |town: &Town| {
//!     let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
//!     town.ask(&sarah, &house);
//!     let refused = town.refuses(|| town.links.open(&opening(&sarah, &house)));
//!     assert!(matches!(refused, CareError::AlreadyRequested));
//! });
//! ```
//!
//! `story!` makes two tests of it, `nobody_is_asked_twice::on_sqlite` and `::on_postgres`. The second is *ignored, with the
//! reason*, when `TEST_DATABASE_URL` was not set when the tests were built (`build.rs`): it never passes by doing nothing.
//! So it is with `TEST_REDIS_URL`.
//!
//! # What a test is given
//!
//! * A [`Place`]: an empty database of its own. SQLite: a file in a temporary folder. PostgreSQL: a schema that no other
//!   test has, chosen by the URL's `search_path`, so that the tests run side by side in one database. It is gone when the
//!   test ends, however it ends.
//! * A [`Node`]: what one running server holds, all repositories over one `Store`. Two nodes on one place are two servers.
//! * A [`Town`]: a place whose schema is made and whose body map is seeded, and one node.
//!
//! The repositories are `Arc<dyn Port>`: a story speaks of the port and cannot reach past it. What the port does not tell
//! (that nothing was left behind, that the database itself refuses) is asked in plain SQL: [`Place::sql`].
//!
//! # Three habits
//!
//! * **A refusal is compared with everything.** [`Town::refuses`] reads every row of every table before and after: a
//!   refused change leaves nothing, in no table, not only in the one that the test thought of.
//! * **A race starts at a barrier** ([`at_once`], [`both_at_once`]), is run for rounds where one round may miss it, and
//!   asserts what must hold in *every* order. No test sleeps.
//! * **Time is told, not read**: [`at`] counts in seconds from a fixed morning, and every value has microseconds, so that
//!   a database that rounds is noticed.
pub(crate) use crate::people::{at, email, opening, registering, username};
use crate::sql::Sql;
use domain::{
    audit::ports::AuditTrail,
    care::ports::{EntryRepository, LinkRepository, People},
    diary::{Record, ports::PatientRecords},
    identity::{
        AccountId, Holder, TokenHash,
        ports::{AccountRepository, StayRepository, TokenMint},
    },
    messaging::ports::{Bus, MessageRepository, PeerDirectory},
    notifications::{NotificationService, ports::NotificationRepository},
    owned::ports::OwnedRepository,
};
use infra::{
    audit::DieselAuditTrail,
    bus::InProcessBus,
    care::{DieselEntryRepository, DieselLinkRepository},
    diary::{DieselRecordRepository, seed_body_parts},
    identity::{DieselAccountRepository, DieselPeople, DieselStayRepository, HmacMint},
    messaging::{DieselMessageRepository, DieselPeerDirectory},
    notifications::DieselNotificationRepository,
    store::{Location, Store, migrate},
};
use std::{
    fmt::Debug,
    ops::Deref,
    process,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;

macro_rules! story {
    ($name:ident, $story:expr) => {
        story!($name, $crate::support::Town::on, $story);
    };
    ($name:ident, $given:expr, $story:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "a story may need nothing of its module")]
            use super::*;
            #[test]
            fn on_sqlite() {
                ($story)(&$given($crate::support::Backend::Sqlite));
            }
            #[test]
            #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
            fn on_postgres() {
                ($story)(&$given($crate::support::Backend::Postgres));
            }
        }
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A database of the test's own, empty at first.
pub(crate) struct Place {
    pub(crate) location: Location,
    ground: Ground,
}

enum Ground {
    Folder(#[expect(dead_code, reason = "the folder lasts as long as this")] TempDir),
    Schema(String),
}

impl Place {
    pub(crate) fn on(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let location = Location::Sqlite(folder.path().join("care.db"));
                Self { location, ground: Ground::Folder(folder) }
            }
            Backend::Postgres => {
                let schema = format!("t_{}_{}", process::id(), unique());
                Sql::on(&server()).run(&format!("create schema {schema}")).unwrap();
                let Location::Postgres(url) = server() else { panic!("not a PostgreSQL URL") };
                let joint = if url.contains('?') { '&' } else { '?' };
                // The name is for a test that looks for its own connections.
                let url = format!("{url}{joint}options=-csearch_path%3D{schema}&application_name={schema}");
                Self { location: Location::Postgres(url), ground: Ground::Schema(schema) }
            }
        }
    }

    pub(crate) fn sql(&self) -> Sql {
        Sql::on(&self.location)
    }
}

fn server() -> Location {
    Location::parse(&std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL")).unwrap()
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ground::Schema(schema) = &self.ground {
            let mut sql = Sql::on(&server());
            // Nothing here may panic while a failed test unwinds.
            let _ = sql.run("set lock_timeout = '3s'");
            let _ = sql.run(&format!("drop schema {schema} cascade"));
        }
    }
}

/// A number that no other test gets, not even in another process at the same time.
pub(crate) fn unique() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let micros = u64::try_from(micros).unwrap() % 1_000_000_000_000;
    (u64::from(process::id()) % 1_000) * 1_000_000_000_000_000
        + micros * 1_000
        + LAST.fetch_add(1, SeqCst) % 1_000
}

/// What one running server holds.
pub(crate) struct Node {
    pub(crate) store: Store,
    pub(crate) mint: Arc<dyn TokenMint>,
    pub(crate) accounts: Arc<dyn AccountRepository>,
    pub(crate) people: Arc<dyn People>,
    pub(crate) trail: Arc<dyn AuditTrail>,
    pub(crate) lines: Arc<dyn NotificationRepository>,
    pub(crate) links: Arc<dyn LinkRepository>,
    pub(crate) entries: Arc<dyn EntryRepository>,
    pub(crate) records: Arc<dyn OwnedRepository<Record>>,
    pub(crate) patients: Arc<dyn PatientRecords>,
    pub(crate) stays: Arc<dyn StayRepository>,
    pub(crate) messages: Arc<dyn MessageRepository>,
    pub(crate) directory: Arc<dyn PeerDirectory>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) bell: NotificationService,
}

pub(crate) fn mint(secret: &str) -> Arc<dyn TokenMint> {
    Arc::new(HmacMint::new(secret.as_bytes()).unwrap())
}

impl Node {
    pub(crate) fn open(location: &Location) -> Self {
        Self::with(location, Arc::new(InProcessBus::alone()))
    }

    pub(crate) fn with(location: &Location, bus: Arc<dyn Bus>) -> Self {
        let store = Store::open(location, 4, bus.clone()).unwrap();
        let mint = mint("the house's secret");
        let lines: Arc<dyn NotificationRepository> = Arc::new(DieselNotificationRepository(store.clone()));
        Self {
            accounts: Arc::new(DieselAccountRepository::new(store.clone(), mint.clone())),
            people: Arc::new(DieselPeople(store.clone())),
            trail: Arc::new(DieselAuditTrail(store.clone())),
            links: Arc::new(DieselLinkRepository(store.clone())),
            entries: Arc::new(DieselEntryRepository(store.clone())),
            records: Arc::new(DieselRecordRepository::new(store.clone())),
            patients: Arc::new(DieselRecordRepository::new(store.clone())),
            stays: Arc::new(DieselStayRepository(store.clone())),
            messages: Arc::new(DieselMessageRepository(store.clone())),
            directory: Arc::new(DieselPeerDirectory(store.clone())),
            bus,
            bell: NotificationService { notifications: lines.clone() },
            lines,
            mint,
            store,
        }
    }
}

/// A place, ready, with one node. The node goes first: a schema is dropped when nobody uses it.
pub(crate) struct Town {
    node: Node,
    pub(crate) place: Place,
}

impl Deref for Town {
    type Target = Node;
    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Town {
    pub(crate) fn on(backend: Backend) -> Self {
        let place = Place::on(backend);
        migrate(&place.location).unwrap();
        let node = Node::open(&place.location);
        seed_body_parts(&node.store).unwrap();
        Self { node, place }
    }

    pub(crate) fn backend(&self) -> Backend {
        if self.place.location.sqlite_file().is_some() { Backend::Sqlite } else { Backend::Postgres }
    }

    /// `change` is refused, and every table is as it was.
    pub(crate) fn refuses<T: Debug, E>(&self, change: impl FnOnce() -> Result<T, E>) -> E {
        let before = self.place.sql().everything();
        let Err(refusal) = change() else { panic!("was not refused") };
        assert_eq!(before, self.place.sql().everything(), "a refused change left something");
        refusal
    }
}

impl Node {
    /// How many notifications this account has not read.
    pub(crate) fn unread(&self, owner: AccountId) -> u64 {
        self.bell.unread_counts(&[owner]).unwrap()[0]
    }
}

/// Who holds one token.
pub(crate) fn holder(accounts: &dyn AccountRepository, token: &TokenHash) -> Option<Holder> {
    accounts.holders(std::slice::from_ref(token)).unwrap().remove(0)
}

/// Runs `act` on that many threads, which start together.
pub(crate) fn at_once<T: Send>(threads: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, act) = (&Barrier::new(threads), &act);
    thread::scope(|scope| {
        let run = |i| move || (start.wait(), act(i)).1;
        let hands: Vec<_> = (0..threads).map(|i| scope.spawn(run(i))).collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    })
}

/// Two different acts that start together.
pub(crate) fn both_at_once<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    let start = &Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(move || (start.wait(), one()).1);
        let other = (start.wait(), other()).1;
        (one.join().unwrap(), other)
    })
}
