//! Pools of connections, and how long a request waits for one.
use super::{
    health_checked::{HealthChecked, TrackedConnection},
    location::Location,
    settings::{PostgresSettings, SqliteSettings},
};
use diesel::{
    PgConnection, SqliteConnection,
    r2d2::{ConnectionManager, Pool, PooledConnection},
};
use domain::shared::StoreError;
use scheduled_thread_pool::ScheduledThreadPool;
use std::{
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// A request that waits longer for a connection than this is better told to come back.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// While the database is known to be down: long enough to notice that a connection came back.
const SHORT_PATIENCE: Duration = Duration::from_millis(50);
/// How long one failure counts as "known to be down".
const DOWN_FOR: Duration = Duration::from_secs(3);

pub(super) type PgManager = HealthChecked<ConnectionManager<PgConnection>>;
pub(super) type SqliteManager = ConnectionManager<SqliteConnection>;
pub(crate) type PgPooled = PooledConnection<PgManager>;
pub(crate) type SqlitePooled = PooledConnection<SqliteManager>;

impl std::fmt::Debug for TrackedConnection<PgConnection> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a PostgreSQL connection")
    }
}

/// At most `size` connections.
pub(super) fn open_postgres(
    url: &str,
    size: u32,
    settings: PostgresSettings,
) -> Result<Pool<PgManager>, StoreError> {
    let manager = HealthChecked::new(ConnectionManager::new(Location::with_limits(url)));
    let builder = Pool::builder().max_size(size).connection_timeout(PATIENCE);
    let pool = builder.connection_customizer(Box::new(settings)).build(manager);
    pool.map_err(StoreError::unavailable)
}

/// Open and close the connections of all files. By itself each pool has three threads for that; there are four pools, and what
/// a thread allocates is a heap of its own.
static FILE_THREADS: LazyLock<Arc<ScheduledThreadPool>> = LazyLock::new(|| {
    let threads = ScheduledThreadPool::builder().num_threads(2).thread_name_pattern("connections-{}");
    Arc::new(threads.build())
});

/// At most `size` connections; all but one are opened when they are needed and closed after ten quiet minutes, because each has a
/// page cache and a schema of its own. r2d2 is told to keep none idle: for one it opens another at each checkout, until all are open. (Those of PostgreSQL stay open: opening one takes longer, and others might take its
/// place meanwhile.)
pub(super) fn open_sqlite(
    path: &Path,
    size: u32,
    query_only: bool,
) -> Result<Pool<SqliteManager>, StoreError> {
    let pool = Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .thread_pool(FILE_THREADS.clone())
        .connection_timeout(PATIENCE)
        .test_on_check_out(false)
        .connection_customizer(Box::new(SqliteSettings { query_only }))
        .build(SqliteManager::new(path.display().to_string()))
        .map_err(StoreError::unavailable)?;
    // A file that cannot be opened is told of now, not to the first request.
    drop(pool.get().map_err(StoreError::unavailable)?);
    Ok(pool)
}

/// Remembers that the database was away, so that a queue of requests does not wait two seconds each, one after another.
#[derive(Debug)]
pub(super) struct Outage {
    born: Instant,
    /// Milliseconds from `born` to the last failure, plus one; 0 when the last checkout went well.
    failed_at: AtomicU64,
}

impl Default for Outage {
    fn default() -> Self {
        Self { born: Instant::now(), failed_at: AtomicU64::new(0) }
    }
}

impl Outage {
    pub(super) fn checkout(&self, pool: &Pool<PgManager>) -> Result<PgPooled, StoreError> {
        let patience = if self.is_on() { SHORT_PATIENCE } else { PATIENCE };
        let taken = pool.get_timeout(patience);
        let mark = if taken.is_ok() { 0 } else { self.elapsed() + 1 };
        if mark != 0 || self.failed_at.load(Relaxed) != 0 {
            self.failed_at.store(mark, Relaxed);
        }
        taken.map_err(StoreError::unavailable)
    }
    fn is_on(&self) -> bool {
        let failed_at = self.failed_at.load(Relaxed);
        failed_at != 0 && Duration::from_millis(self.elapsed().saturating_sub(failed_at)) < DOWN_FOR
    }
    fn elapsed(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_opened_when_they_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open_sqlite(&folder.path().join("care.db"), 4, false).unwrap();
        assert_eq!(pool.state().connections, 1);
        (0..100).for_each(|_| drop(pool.get().unwrap()));
        assert_eq!(pool.state().connections, 1);
        let taken: Vec<_> = (0..4).map(|_| pool.get().unwrap()).collect();
        assert_eq!((taken.len(), pool.state().connections), (4, 4));
    }
}
