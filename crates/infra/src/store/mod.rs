//! Two databases behind two doors. Adapters ask the store to `read` or to `write`; a `write` is one transaction, and
//! nowhere else does one begin.
mod checked;
mod conn;
mod fault;
mod location;
mod migrate;
mod pool;
pub(crate) mod schema;
mod server_lock;
mod settings;

use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager as Ansi, TransactionManager},
    r2d2::R2D2Connection,
};
use domain::{
    notifications::ports::{Suspension, UnreadCounts},
    shared::StoreError,
};
use pool::Pools;
use std::sync::Arc;

pub use conn::Conn;
pub(crate) use conn::{Db, on, run};
pub(crate) use fault::{Fault, OnUnique};
pub use location::{BadLocation, Location};
pub use migrate::{Migrated, check, migrate};
pub use server_lock::ServerLock;

#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
    unread: Arc<dyn UnreadCounts>,
}

impl Store {
    /// `readers`: how many requests can ask at the same time. The schema must be there: see [`migrate`].
    ///
    /// # Errors
    /// When the database cannot be reached, or does not take our settings.
    pub fn open(
        location: &Location,
        readers: u32,
        unread: Arc<dyn UnreadCounts>,
    ) -> Result<Self, StoreError> {
        Ok(Self { pools: Arc::new(Pools::open(location, readers)?), unread })
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

    /// All of `change`, or nothing. Whoever's bell it rings has their unread count unknown from before the commit until
    /// after it.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        let mut conn = Conn::new(match &*self.pools {
            Pools::Postgres { pool, outage } => Db::Postgres(outage.checkout(pool)?),
            Pools::Sqlite { write, .. } => Db::Sqlite(write.get().map_err(StoreError::unavailable)?),
        });
        conn.begin().map_err(|e| conn.failed(e))?;
        match change(&mut conn) {
            Ok(done) => {
                let rung = conn.rung();
                let _unknown = if rung.is_empty() { Suspension::none() } else { self.unread.suspend(&rung) };
                match conn.commit() {
                    Ok(()) => Ok(done),
                    Err(e) => Err(conn.failed(e).into()),
                }
            }
            Err(fault) => {
                let rolled_back = conn.rollback();
                match (fault, rolled_back) {
                    (Fault::Db(e), _) | (Fault::Rule(_), Err(e)) => Err(conn.failed(e).into()),
                    (Fault::Rule(rule), Ok(())) => Err(rule),
                }
            }
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
    /// After a failure that is not about the data nobody gets this connection again before it was pinged.
    fn failed(&mut self, error: diesel::result::Error) -> StoreError {
        match &mut self.db {
            Db::Postgres(c) => {
                c.suspect();
                fault::judge(error, || c.ping().is_ok())
            }
            Db::Sqlite(_) => fault::judge(error, || true),
        }
    }
}
