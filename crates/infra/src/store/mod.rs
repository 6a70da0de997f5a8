//! Two databases behind two doors. Adapters ask the store to `read` or to `write`; a `write` is one transaction, and
//! nowhere else does one begin, but for a read that asks several times about one moment.
mod at;
mod checked;
mod conn;
mod fault;
mod group;
mod location;
mod migrate;
mod pool;
pub(crate) mod schema;
mod server_lock;
mod settings;

use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager as Ansi, SimpleConnection, TransactionManager},
    r2d2::R2D2Connection,
};
use domain::{
    messaging::{Hint, ports::Bus},
    shared::{StoreError, deadline},
};
use pool::Pools;
use std::sync::Arc;

pub(crate) use at::At;
pub use conn::Conn;
pub(crate) use conn::{Db, on, run};
pub(crate) use fault::{Fault, OnUnique};
pub use location::{BadLocation, Location};
pub use migrate::{Migrated, check, migrate};
pub use server_lock::ServerLock;

#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
    bus: Arc<dyn Bus>,
}

impl Store {
    /// `readers`: how many requests can ask at the same time. The schema must be there: see [`migrate`].
    ///
    /// # Errors
    /// When the database cannot be reached, or does not take our settings.
    pub fn open(location: &Location, readers: u32, bus: Arc<dyn Bus>) -> Result<Self, StoreError> {
        Ok(Self { pools: Arc::new(Pools::open(location, readers)?), bus })
    }

    /// # Errors
    /// [`StoreError`].
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> QueryResult<T>) -> Result<T, StoreError> {
        let mut conn = Conn::new(match &*self.pools {
            Pools::Postgres { pool, outage } => Db::Postgres(outage.checkout(pool)?),
            Pools::Sqlite { read, .. } => Db::Sqlite(read.get().map_err(StoreError::unavailable)?),
        });
        query(&mut conn).map_err(|e| conn.failed(e))
    }

    /// All of `change`, or nothing. What it tells is published after the commit.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        let step = |conn: &mut Conn| {
            let done = change(conn)?;
            if deadline::is_over() {
                let cause = "the caller was told to come back";
                return Err(Fault::Rule(StoreError::unavailable(cause).into()));
            }
            Ok(done)
        };
        match &*self.pools {
            Pools::Postgres { pool, outage } => {
                self.write_alone(Conn::new(Db::Postgres(outage.checkout(pool)?)), step)
            }
            Pools::Sqlite { writers, .. } => writers.write(&*self.bus, step),
        }
    }

    fn write_alone<T, E: From<StoreError>>(
        &self,
        mut conn: Conn,
        step: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        conn.begin().map_err(|e| conn.failed(e))?;
        match step(&mut conn) {
            Ok(done) => {
                conn.commit().map_err(|e| conn.failed(e))?;
                publish(&*self.bus, conn.take_hints());
                Ok(done)
            }
            Err(fault) => Err(conn.undo(fault)),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn ping(&self) -> Result<(), StoreError> {
        self.read(|conn| on!(conn, |c| c.ping()))
    }
}

/// After the commit, never before: a subscriber may read at once what a hint tells of.
fn publish(bus: &dyn Bus, hints: Vec<Hint>) {
    hints.into_iter().for_each(|hint| bus.publish(hint));
}

impl Conn {
    /// SQLite takes its write lock at once: a deferred transaction that turns to writing late fails with SQLITE_BUSY,
    /// and no timeout helps it.
    fn begin(&mut self) -> QueryResult<()> {
        match &mut self.db {
            Db::Postgres(c) => Ansi::begin_transaction(&mut ***c),
            Db::Sqlite(c) => Ansi::begin_transaction_sql(&mut **c, "BEGIN IMMEDIATE"),
        }
    }
    fn commit(&mut self) -> QueryResult<()> {
        on!(self, |c| Ansi::commit_transaction(c))
    }
    fn rollback(&mut self) -> QueryResult<()> {
        on!(self, |c| Ansi::rollback_transaction(c))
    }
    /// Rolls back, and says what the caller is told.
    fn undo<E: From<StoreError>>(&mut self, fault: Fault<E>) -> E {
        match (fault, self.rollback()) {
            (Fault::Db(e), _) | (Fault::Rule(_), Err(e)) => self.failed(e).into(),
            (Fault::Rule(rule), Ok(())) => rule,
        }
    }
    fn say(&mut self, statements: &str) -> QueryResult<()> {
        on!(self, |c| c.batch_execute(statements))
    }
    /// After a failure nobody gets this connection again before it was pinged.
    fn failed(&mut self, error: diesel::result::Error) -> StoreError {
        if let Db::Postgres(c) = &mut self.db {
            c.suspect();
        }
        fault::judge(error)
    }
}
