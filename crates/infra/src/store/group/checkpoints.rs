//! Checkpoints: what the write-ahead log holds is copied into the database's file by a thread of its own.
//!
//! By itself SQLite does this within the COMMIT that fills the log, so that one request in hundreds waits for two more
//! flushes and thousands of copied pages.
use super::queue::WriterQueue;
use crate::store::settings::set_sqlite;
use diesel::{
    Connection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    result::Error, sql_query, sql_types::BigInt,
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Pages of the log that wait to be copied: a checkpoint flushes twice, however few they are.
const WORTH_IT: i64 = 1_000;
/// Pages of a log that is begun anew (32 MB). Readers look pages up in it, and after a crash it is read from its start.
const LARGE: i64 = 8_000;
/// Between two looks at the log, while changes come.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a large log waits for the open transaction to end.
const TURN_WITHIN: Duration = Duration::from_secs(2);
/// Each waits as long for readers as `RESTART` does, and then for a pause: ten seconds.
const EMPTY_LOG_TRIES: usize = 100;
/// How long `RESTART` blocks writers while it waits for readers, at most; it is tried again after a pause.
const READER_TIMEOUT: &str = "PRAGMA busy_timeout = 50;";

/// The thread. It ends, with its connection, when this is dropped.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    changed: AtomicBool,
    ended: AtomicBool,
}

/// `B` as in [`WriterQueue`].
struct Checkpointer<B> {
    path: PathBuf,
    queue: WriterQueue<B>,
    shared: Arc<Shared>,
    /// Made for the first checkpoint: a command of a second needs none.
    conn: Option<SqliteConnection>,
}

/// What the log holds, and how much of that the database's file has too.
#[derive(Debug, QueryableByName)]
struct Pages {
    /// 1 when it was kept from what it waits for.
    #[diesel(sql_type = BigInt)]
    busy: i64,
    #[diesel(sql_type = BigInt)]
    log: i64,
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

impl Pages {
    fn waiting(&self) -> i64 {
        self.log - self.checkpointed
    }

    /// After a checkpoint. A long read transaction, such as a backup, prevents copying later pages: waiting for it would block
    /// writers.
    fn may_restart(&self) -> bool {
        self.log >= LARGE && self.waiting() < WORTH_IT
    }
}

impl Checkpoints {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start<B: Send + 'static>(path: PathBuf, queue: WriterQueue<B>) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let checkpointer = Checkpointer { path, queue, shared: shared.clone(), conn: None };
        let thread = thread::Builder::new().name("checkpoints".into()).spawn(|| checkpointer.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Call it after each change. The thread is woken once in a pause at most.
    pub(super) fn tell(&self) {
        if !self.shared.changed.swap(true, SeqCst) {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        self.wake();
        // The last connection that closes removes the log: it must not be the thread's, in the middle of an exit.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<B> Checkpointer<B> {
    fn run(mut self) {
        let mut failing = false;
        while self.next_change() {
            let done = self.checkpoint();
            if let Err(cause) = &done {
                // Nothing is lost: the log keeps what was not copied, and grows.
                if !failing {
                    tracing::warn!(%cause, "the write-ahead log was not copied into the database's file");
                }
                self.conn = None;
            }
            failing = done.is_err();
        }
    }

    /// After a pause, so that a checkpoint is about many changes. `false` at the end.
    fn next_change(&self) -> bool {
        let pause_ends = Instant::now() + PAUSE;
        while !self.shared.ended.load(SeqCst) {
            let left = pause_ends.saturating_duration_since(Instant::now());
            match (left.is_zero(), self.shared.changed.load(SeqCst)) {
                (false, _) => thread::park_timeout(left),
                (true, false) => thread::park(),
                (true, true) => {
                    self.shared.changed.store(false, SeqCst);
                    return true;
                }
            }
        }
        false
    }

    fn checkpoint(&mut self) -> QueryResult<()> {
        let queue = self.queue.clone();
        let conn = self.conn()?;
        let pages = wal_checkpoint(conn, "NOOP")?;
        if pages.waiting() < WORTH_IT {
            return Ok(());
        }
        // Nobody waits for this one; it copies nearly all.
        let pages = wal_checkpoint(conn, "PASSIVE")?;
        if pages.may_restart()
            && let Some(_guard) = queue.acquire_alone(Instant::now() + TURN_WITHIN)
        {
            // While writers append, the log never ends: they wait until the few pages since then are copied too.
            wal_checkpoint(conn, "RESTART")?;
        }
        Ok(())
    }

    fn conn(&mut self) -> QueryResult<&mut SqliteConnection> {
        match &mut self.conn {
            Some(conn) => Ok(conn),
            none => Ok(none.insert(connect(&self.path)?)),
        }
    }
}

fn connect(path: &Path) -> QueryResult<SqliteConnection> {
    let opened = SqliteConnection::establish(&path.display().to_string());
    let mut conn = opened.map_err(|e| Error::QueryBuilderError(e.into()))?;
    set_sqlite(&mut conn, false)?;
    conn.batch_execute(READER_TIMEOUT)?;
    Ok(conn)
}

/// Writes the file anew without what deleted rows left, for who has the right to write.
pub(super) fn vacuum(path: &Path) -> QueryResult<()> {
    // The whole database is copied once: not into memory.
    connect(path)?.batch_execute("PRAGMA busy_timeout = 2000; PRAGMA temp_store = FILE; VACUUM;")
}

/// Copies all of the log into the file, and empties it. Writers, readers and the thread's own checkpoints go before: it is tried
/// for a while.
pub(super) fn empty_log(path: &Path) -> QueryResult<()> {
    let mut conn = connect(path)?;
    for _ in 0..EMPTY_LOG_TRIES {
        if wal_checkpoint(&mut conn, "TRUNCATE").is_ok_and(|pages| pages.busy == 0) {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    Err(Error::QueryBuilderError("the write-ahead log is being read for long: a backup?".into()))
}

/// `NOOP` only counts; `PASSIVE` waits for nobody; `RESTART` waits for readers, and the next writer begins the log anew;
/// `TRUNCATE` empties it, too.
fn wal_checkpoint(conn: &mut SqliteConnection, mode: &str) -> QueryResult<Pages> {
    sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_is_begun_anew_unless_a_reader_kept_it_from_being_copied() {
        let restarts = |log, checkpointed| Pages { busy: 0, log, checkpointed }.may_restart();
        assert!(restarts(LARGE, LARGE) && restarts(LARGE + 500, LARGE));
        assert!(!restarts(LARGE - 1, LARGE - 1), "it is not large");
        assert!(!restarts(LARGE * 2, LARGE), "a reader stays");
    }
}
