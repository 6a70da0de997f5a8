//! The harness: a fresh database with one node for every test, and people with accounts.
//!
//! # How a story is told
//!
//! ```ignore
//! on_both!(nobody_is_asked_twice, |db: &TestStore| {
//!     let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
//!     db.ask(&sarah, &house);
//!     let refused = db.refuses(|| db.links.open(&opening(&sarah, &house)));
//!     assert!(matches!(refused, CareError::AlreadyRequested));
//! });
//! ```
//!
//! A test whose server was not there when the tests were built (`build.rs`) is ignored, with the reason: it never passes by
//! doing nothing.
//!
//! # What a test is given
//!
//! * A [`TestDb`]: an empty database of its own.
//! * A [`Node`]: what one running server holds, all repositories over one `Store`. Two nodes on one database are two servers.
//! * A [`TestStore`]: a database whose schema is made and whose body map is seeded, and one node.
//!
//! The repositories are `Arc<dyn Port>`: a story speaks of the port and cannot reach past it. What the port does not tell
//! (that nothing was left behind, that the database itself refuses) is asked in plain SQL: [`TestDb::sql`].
//!
//! # Three habits
//!
//! * **A refusal is compared with everything.** [`TestStore::refuses`] reads every row of every table before and after: a
//!   refused change leaves nothing, in no table, not only in the one that the test thought of.
//! * **A race starts at a barrier** ([`at_once`], [`both_at_once`]), is run for rounds where one round may miss it, and
//!   asserts what must hold in *every* order. No test sleeps.
//! * **Time is told, not read**: [`at`] counts in seconds from a fixed morning, and every value has microseconds, so that
//!   a database that rounds is noticed.
pub(crate) use crate::people::{at, email, new_account, opening, username};
pub(crate) use testing::{Backend, Fresh, Sql, TestDb, at_once, both_at_once, unique};

use domain::{
    audit::ports::AuditLog,
    care::ports::{EntryRepository, LinkRepository},
    diary::{Record, ports::PatientRecords},
    events::ports::EventBus,
    identity::{
        AccountId, SessionAccount, TokenHash,
        ports::{AccountRepository, People, SocketSessionRepository, TokenIssuer},
    },
    messaging::ports::{MessageRepository, PeerDirectory},
    notifications::{NotificationService, ports::NotificationRepository},
    owned::ports::OwnedRepository,
};
use infra::{
    audit::DieselAuditLog,
    bus::InProcessBus,
    care::{DieselEntryRepository, DieselLinkRepository},
    crypto::{DataKeys, KeyRing, KeyStore, Sealing},
    diary::{DieselRecordRepository, seed_body_parts},
    identity::{DieselAccountRepository, DieselPeople, DieselSocketSessionRepository, HmacTokenIssuer},
    messaging::{DieselMessageRepository, DieselPeerDirectory},
    notifications::DieselNotificationRepository,
    store::{Store, migrate},
};
use std::{fmt::Debug, ops::Deref, sync::Arc};

/// What one running server holds.
pub(crate) struct Node {
    pub(crate) store: Store,
    pub(crate) data_keys: DataKeys,
    pub(crate) token_issuer: Arc<dyn TokenIssuer>,
    pub(crate) accounts: Arc<dyn AccountRepository>,
    pub(crate) people: Arc<dyn People>,
    pub(crate) audit_log: Arc<dyn AuditLog>,
    pub(crate) lines: Arc<dyn NotificationRepository>,
    pub(crate) links: Arc<dyn LinkRepository>,
    pub(crate) entries: Arc<dyn EntryRepository>,
    pub(crate) records: Arc<dyn OwnedRepository<Record>>,
    pub(crate) patients: Arc<dyn PatientRecords>,
    pub(crate) socket_sessions: Arc<dyn SocketSessionRepository>,
    pub(crate) messages: Arc<dyn MessageRepository>,
    pub(crate) directory: Arc<dyn PeerDirectory>,
    pub(crate) bus: Arc<dyn EventBus>,
    pub(crate) notifications: NotificationService,
}

pub(crate) fn token_issuer(secret: &str) -> Arc<dyn TokenIssuer> {
    Arc::new(HmacTokenIssuer::new(secret.as_bytes()).unwrap())
}

/// The installation's encryption key.
pub(crate) fn ring() -> KeyRing {
    KeyRing::new([&b"the installation's encryption key"[..]]).unwrap()
}

fn data_keys(database: &TestDb) -> DataKeys {
    let ring = ring();
    let store = KeyStore::open(&database.keys_location(), "tests", false, &ring).unwrap();
    DataKeys::new(ring, store)
}

impl Node {
    pub(crate) fn open(database: &TestDb) -> Self {
        Self::with(database, Arc::new(InProcessBus::alone()))
    }

    pub(crate) fn with(database: &TestDb, bus: Arc<dyn EventBus>) -> Self {
        let store = Store::open(&database.location, 4, bus.clone()).unwrap();
        let data_keys = data_keys(database);
        let token_issuer = token_issuer("the installation's secret");
        let lines: Arc<dyn NotificationRepository> = Arc::new(DieselNotificationRepository(store.clone()));
        Self {
            accounts: Arc::new(DieselAccountRepository::new(store.clone(), token_issuer.clone())),
            people: Arc::new(DieselPeople(store.clone())),
            audit_log: Arc::new(DieselAuditLog(store.clone())),
            links: Arc::new(DieselLinkRepository { store: store.clone(), data_keys: data_keys.clone() }),
            entries: Arc::new(DieselEntryRepository { store: store.clone(), data_keys: data_keys.clone() }),
            records: Arc::new(DieselRecordRepository::new(store.clone(), data_keys.clone())),
            patients: Arc::new(DieselRecordRepository::new(store.clone(), data_keys.clone())),
            socket_sessions: Arc::new(DieselSocketSessionRepository(store.clone())),
            messages: Arc::new(DieselMessageRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
            }),
            directory: Arc::new(DieselPeerDirectory(store.clone())),
            bus,
            notifications: NotificationService { notifications: lines.clone() },
            lines,
            token_issuer,
            data_keys,
            store,
        }
    }
}

/// A database, ready, with one node. The node is dropped first, the schema when nobody uses it any more.
pub(crate) struct TestStore {
    node: Node,
    pub(crate) database: TestDb,
}

impl Deref for TestStore {
    type Target = Node;
    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Fresh for TestStore {
    fn fresh_on(backend: Backend) -> Self {
        Self::on(backend)
    }
}

impl TestStore {
    pub(crate) fn on(backend: Backend) -> Self {
        let database = TestDb::fresh(backend);
        migrate(&database.location).unwrap();
        let node = Node::open(&database);
        seed_body_parts(&node.store).unwrap();
        let sealing = Sealing::new(node.store.clone(), node.data_keys.clone());
        sealing.prepare().unwrap();
        Self { node, database }
    }

    pub(crate) fn backend(&self) -> Backend {
        self.database.backend()
    }

    /// `change` is refused, and every table is as it was.
    pub(crate) fn refuses<T: Debug, E>(&self, change: impl FnOnce() -> Result<T, E>) -> E {
        let before = self.database.sql().everything();
        let Err(refusal) = change() else { panic!("was not refused") };
        assert_eq!(before, self.database.sql().everything(), "a refused change left something");
        refusal
    }
}

impl Node {
    /// How many notifications this account has not read.
    pub(crate) fn unread(&self, owner: AccountId) -> u64 {
        self.notifications.unread_counts(&[owner]).unwrap()[0]
    }
}

/// Who holds one token.
pub(crate) fn session_account(accounts: &dyn AccountRepository, token: &TokenHash) -> Option<SessionAccount> {
    accounts.session_accounts(std::slice::from_ref(token)).unwrap().remove(0)
}
