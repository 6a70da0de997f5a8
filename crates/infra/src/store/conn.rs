//! One connection, of either database: its transactions, and the events that are published after the commit.
use super::{
    pool::{PgPooled, SqlitePooled},
    tx_error::{TxError, classify},
};
use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager as Ansi, SimpleConnection, TransactionManager},
};
use domain::{
    events::{Event, ports::EventBus},
    shared::StoreError,
};

pub(crate) enum Db {
    Postgres(PgPooled),
    Sqlite(SqlitePooled),
}

pub struct Conn {
    pub(crate) db: Db,
    events: Vec<Event>,
}

impl Conn {
    pub(super) fn new(db: Db) -> Self {
        Self { db, events: vec![] }
    }
    /// Told to every subscriber when the change that runs on this connection is committed, and only then.
    pub(crate) fn publish_after_commit(&mut self, event: Event) {
        self.events.push(event);
    }
    /// The events of the change that just ended; the next change on this connection has its own.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
    /// What was rolled back tells nothing.
    pub(super) fn drop_events(&mut self) {
        self.events.clear();
    }

    /// SQLite takes its write lock at once: a deferred transaction that turns to writing late fails with SQLITE_BUSY,
    /// and no timeout helps it.
    pub(super) fn begin(&mut self) -> QueryResult<()> {
        match &mut self.db {
            Db::Postgres(c) => Ansi::begin_transaction(&mut ***c),
            Db::Sqlite(c) => Ansi::begin_transaction_sql(&mut **c, "BEGIN IMMEDIATE"),
        }
    }
    pub(super) fn commit(&mut self) -> QueryResult<()> {
        on!(self, |c| Ansi::commit_transaction(c))
    }
    fn rollback(&mut self) -> QueryResult<()> {
        on!(self, |c| Ansi::rollback_transaction(c))
    }
    /// Rolls back, and says what the caller is told.
    pub(super) fn rollback_with<E: From<StoreError>>(&mut self, tx_error: TxError<E>) -> E {
        match (tx_error, self.rollback()) {
            (TxError::Db(e), _) | (TxError::Rule(_), Err(e)) => self.failed(e).into(),
            (TxError::Rule(rule), Ok(())) => rule,
        }
    }
    pub(super) fn say(&mut self, statements: &str) -> QueryResult<()> {
        on!(self, |c| c.batch_execute(statements))
    }
    /// A step that may fail without the rest of the transaction: what it did is undone then.
    pub(crate) fn attempt<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> QueryResult<T>,
    ) -> QueryResult<QueryResult<T>> {
        self.say("SAVEPOINT attempt")?;
        let done = step(self);
        self.say(if done.is_ok() { "RELEASE attempt" } else { "ROLLBACK TO attempt; RELEASE attempt" })?;
        Ok(done)
    }
    /// After a failure nobody gets this connection again before it was pinged.
    pub(super) fn failed(&mut self, error: diesel::result::Error) -> StoreError {
        if let Db::Postgres(c) = &mut self.db {
            c.mark_suspect();
        }
        classify(error)
    }
}

/// After the commit, never before: a subscriber may read at once what an event tells of.
pub(super) fn publish(bus: &dyn EventBus, events: Vec<Event>) {
    events.into_iter().for_each(|event| bus.publish(event));
}

/// `on!(conn, |c| query)` compiles the query once per backend, with `c` the concrete diesel connection: the compiler
/// checks it against both, and each keeps its whole dialect and its statement cache.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match &mut $conn.db {
            $crate::store::Db::Postgres(c) => $crate::store::run::<diesel::PgConnection, _>(c, |$c| $body),
            $crate::store::Db::Sqlite(c) => $crate::store::run::<diesel::SqliteConnection, _>(c, |$c| $body),
        }
    };
}
pub(crate) use on;

/// Fixes the closure's connection type, so that `?` and inference work inside the macro's body.
pub(crate) fn run<C, T>(
    c: &mut C,
    query: impl FnOnce(&mut C) -> diesel::QueryResult<T>,
) -> diesel::QueryResult<T> {
    query(c)
}
