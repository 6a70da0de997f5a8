//! Two databases behind `read` and `write`. A `write` is one transaction; no other transaction exists, but for a read that
//! makes several queries about one moment.
mod at;
mod conn;
mod group;
mod health_checked;
mod inspect;
mod location;
mod migrate;
mod next_id;
mod pool;
mod rows;
pub(crate) mod schema;
mod server_lock;
mod settings;
mod text;
mod tx_error;
mod word;
mod write_health;

use conn::publish;
use diesel::{
    QueryResult, RunQueryDsl,
    connection::SimpleConnection,
    r2d2::{Pool, R2D2Connection},
};
use domain::{
    events::ports::EventBus,
    shared::{StoreError, StoreHealth, deadline},
};
use group::Writers;
use pool::{Outage, PgManager, SqliteManager};
use settings::PostgresSettings;
use std::{cell::Cell, sync::Arc};
use write_health::{Progress, WriteHealth};

pub(crate) use at::At;
pub use conn::Conn;
pub(crate) use conn::{Db, on, run};
pub(crate) use inspect::existing_keys;
pub use inspect::{check, existing};
pub use location::{BadLocation, Location};
pub(crate) use migrate::migrate_keys;
pub use migrate::{Migrated, migrate};
pub(crate) use next_id::next_id;
pub(crate) use rows::{Lent, LentBytes, Texts, each_row, with_texts};
pub use server_lock::ServerLock;
pub(crate) use text::{LendsText, text_of};
pub use tx_error::TxError;
use tx_error::is_passing;
pub(crate) use tx_error::{OnUnique, failed_query};
pub(crate) use word::{StoredWord, Word, stored_words};
pub use write_health::register_metrics;

#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
    /// Of the data: that of the keys has changes only when somebody writes for the first time.
    write_health: Option<Arc<WriteHealth>>,
    bus: Arc<dyn EventBus>,
}

enum NotWritten {
    /// Something else is true by now.
    Outdated,
    Failed(StoreError),
}

impl From<StoreError> for NotWritten {
    fn from(e: StoreError) -> Self {
        Self::Failed(e)
    }
}

enum Pools {
    Postgres {
        pool: Pool<PgManager>,
        outage: Outage,
    },
    /// One writer, and readers beside it.
    Sqlite {
        writers: Writers,
        read: Pool<SqliteManager>,
    },
}

impl Pools {
    /// `size` connections for PostgreSQL, or `size` readers for SQLite.
    fn open(location: &Location, size: u32, settings: PostgresSettings) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Postgres(url) => {
                let pool = pool::open_postgres(url, size, settings)?;
                Self::Postgres { pool, outage: Outage::default() }
            }
            Location::Sqlite(path) => {
                // The writer first: it turns the write-ahead log on, which readers that open at the same time would
                // fight over.
                let writers = Writers::open(path)?;
                Self::Sqlite { writers, read: pool::open_sqlite(path, size, true)? }
            }
        })
    }
}

impl Store {
    /// `readers`: how many requests can ask at the same time. The schema must be there: see [`migrate`].
    ///
    /// # Errors
    /// When the database cannot be reached, or does not take our settings.
    pub fn open(location: &Location, readers: u32, bus: Arc<dyn EventBus>) -> Result<Self, StoreError> {
        Self::with(location, readers, bus, PostgresSettings::Data)
    }

    /// The keys' database: see [`migrate_keys`].
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_keys(
        location: &Location,
        readers: u32,
        bus: Arc<dyn EventBus>,
    ) -> Result<Self, StoreError> {
        Self::with(location, readers, bus, PostgresSettings::Keys)
    }

    fn with(
        location: &Location,
        readers: u32,
        bus: Arc<dyn EventBus>,
        settings: PostgresSettings,
    ) -> Result<Self, StoreError> {
        let pools = Arc::new(Pools::open(location, readers, settings)?);
        let write_health = matches!(settings, PostgresSettings::Data).then(Arc::default);
        Ok(Self { pools, write_health, bus })
    }

    /// Removes what deleted and changed rows left in the file of SQLite, and in its log. Writers wait meanwhile, as long as they
    /// can: seconds for a gigabyte. PostgreSQL does it by itself, in time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn vacuum(&self) -> Result<(), StoreError> {
        match &*self.pools {
            Pools::Postgres { .. } => Ok(()),
            Pools::Sqlite { writers, .. } => writers.vacuum(),
        }
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

    /// All of `change`, or nothing. Its events are published after the commit.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> Result<T, E> {
        let progress = Cell::new(Progress::Refused);
        let step = |conn: &mut Conn| {
            let done = change(conn).inspect_err(|e| match e {
                TxError::Db(e) if is_passing(e) => progress.set(Progress::Failed),
                TxError::Db(_) | TxError::Rule(_) => {}
            })?;
            if deadline::is_over() {
                let cause = "the caller was told to come back";
                return Err(TxError::Rule(StoreError::unavailable(cause).into()));
            }
            progress.set(Progress::Done);
            Ok(done)
        };
        let written = match &*self.pools {
            Pools::Postgres { pool, outage } => {
                self.write_alone(Conn::new(Db::Postgres(outage.checkout(pool)?)), step)
            }
            Pools::Sqlite { writers, .. } => writers.write(&*self.bus, step),
        };
        if let Some(health) = &self.write_health {
            health.saw(progress.get(), written.is_ok());
        }
        written
    }

    /// A change whose guard may not hold any more: with `false` all of it is undone.
    pub(crate) fn write_if(
        &self,
        change: impl FnOnce(&mut Conn) -> QueryResult<bool>,
    ) -> Result<bool, StoreError> {
        let written = self.write(|conn| match change(conn)? {
            true => Ok(()),
            false => Err(TxError::Rule(NotWritten::Outdated)),
        });
        match written {
            Ok(()) => Ok(true),
            Err(NotWritten::Outdated) => Ok(false),
            Err(NotWritten::Failed(e)) => Err(e),
        }
    }

    fn write_alone<T, E: From<StoreError>>(
        &self,
        mut conn: Conn,
        step: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> Result<T, E> {
        conn.begin().map_err(|e| conn.failed(e))?;
        match step(&mut conn) {
            Ok(done) => {
                conn.commit().map_err(|e| conn.failed(e))?;
                publish(&*self.bus, conn.take_events());
                Ok(done)
            }
            Err(tx_error) => Err(conn.rollback_with(tx_error)),
        }
    }

    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer.
    /// Whether changes wait for each other, whatever they change.
    pub(crate) fn has_one_writer(&self) -> bool {
        matches!(&*self.pools, Pools::Sqlite { .. })
    }

    pub(crate) fn ping(&self) -> Result<(), StoreError> {
        self.read(|conn| on!(conn, |c| c.ping()))
    }

    /// Whether the database answers, and keeps changes. After a change failed, this makes one of its own to find out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer.
    pub fn health(&self) -> Result<StoreHealth, StoreError> {
        self.ping()?;
        let Some(write_health) = self.write_health.as_ref().filter(|health| health.is_failing()) else {
            return Ok(StoreHealth::Whole);
        };
        if self.write::<_, StoreError>(|conn| Ok(touch_the_disk(conn)?)).is_err() {
            return Ok(StoreHealth::ReadOnly);
        }
        write_health.recovered();
        Ok(StoreHealth::Whole)
    }
}

/// A change that means nothing. SQLite writes no page for a row that is overwritten by itself, so there it is a number in the
/// file's head that nobody uses.
fn touch_the_disk(conn: &mut Conn) -> QueryResult<()> {
    match &mut conn.db {
        Db::Postgres(c) => c.batch_execute("UPDATE support_desk SET last_seq = last_seq"),
        Db::Sqlite(c) => {
            let version: i32 = diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>(
                "(SELECT user_version FROM pragma_user_version)",
            ))
            .get_result(&mut **c)?;
            c.batch_execute(&format!("PRAGMA user_version = {}", i32::from(version == 0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn the_store_and_the_bus_know_no_module_of_the_domain_but_the_events() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let domain = fs::read_dir(src.join("../../domain/src")).unwrap().map(|entry| entry.unwrap());
        let modules = domain.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name());
        let modules: Vec<_> = modules.filter_map(|name| name.into_string().ok()).collect();
        let foreign = modules.iter().filter(|module| !["shared", "events"].contains(&module.as_str()));
        let foreign: Vec<_> = foreign.flat_map(|m| [format!("domain::{m}"), format!(" {m}::")]).collect();
        assert!(foreign.len() > 6, "{foreign:?}");
        for file in ["store", "bus"].iter().flat_map(|folder| files(&src.join(folder))) {
            let text = fs::read_to_string(&file).unwrap();
            let named = foreign.iter().find(|name| text.contains(*name));
            assert_eq!(named, None, "{}", file.display());
        }
    }
}
