//! Group commit on SQLite. A COMMIT waits for the disk, and there is one writer at a time: a writer hands the open
//! transaction to the next queued writer, and the last one commits and reports the outcome to all.
//!
//! The changes run one after the other, each on its own thread. The first needs no savepoint: when it fails, nobody else is
//! in the transaction yet. PostgreSQL groups its own flushes.
mod checkpoints;
mod commit_outcome;
mod queue;
#[cfg(test)]
mod tests;

use super::{
    conn::{Conn, Db, publish},
    pool::{self, PATIENCE, SqliteManager},
    tx_error::{TxError, classify},
};
use checkpoints::Checkpoints;
use commit_outcome::OutcomeSender;
use diesel::{QueryResult, r2d2::Pool};
use domain::{
    events::{Event, ports::EventBus},
    shared::{StoreError, deadline},
};
use queue::{Handover, WriteGuard, WriterQueue};
use std::{
    mem,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How many changes one COMMIT can take down with it.
const MOST: usize = 64;
/// How long a group takes more writers: the longest wait of its first one, besides the last change and the disk.
const GROUP_WINDOW: Duration = Duration::from_millis(5);
/// A writer with less time left than this is the last one of its group.
const IN_A_HURRY: Duration = Duration::from_millis(100);

/// The one write connection, the queue in front of it, and the checkpoints of what it wrote.
pub(super) struct Writers {
    path: PathBuf,
    checkpoints: Checkpoints,
    pool: Pool<SqliteManager>,
    queue: WriterQueue<Box<Group>>,
    /// [`GROUP_WINDOW`], but in tests.
    group_window: Duration,
}

/// An open transaction. The fields are dropped in this order: when a panic ends the group, its connection is closed before
/// the next writer is called, and every member is told.
struct Group {
    conn: Conn,
    guard: WriteGuard<Box<Group>>,
    outcome_sender: OutcomeSender,
    /// Published after the COMMIT, in the order of the changes.
    events: Vec<Event>,
    members: usize,
    /// When it takes nobody else.
    closes: Instant,
    /// When the first one of those who changed something is told that nothing was changed.
    deadline: Option<Instant>,
}

impl Writers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let pool = pool::open_sqlite(path, 1, false)?;
        let queue = WriterQueue::new();
        let checkpoints = Checkpoints::start(path.into(), queue.clone()).map_err(StoreError::unavailable)?;
        Ok(Self { path: path.into(), checkpoints, pool, queue, group_window: GROUP_WINDOW })
    }

    /// Returns after the COMMIT, also with a refusal: perhaps it was refused for what an earlier change of the same group
    /// did.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> Result<T, E> {
        let patience = Instant::now() + PATIENCE;
        let until = deadline::end().map_or(patience, |end| end.min(patience));
        let written = match self.queue.acquire(until) {
            None => Err(StoreError::unavailable("too many writers wait").into()),
            Some(Handover::Begin(guard)) => self.lead(guard, until, bus, step),
            Some(Handover::Join(group)) => group.join(bus, step),
        };
        self.checkpoints.tell();
        written
    }

    /// As [`Store::vacuum`](super::Store::vacuum).
    pub(super) fn vacuum(&self) -> Result<(), StoreError> {
        let Some(guard) = self.queue.acquire_alone(Instant::now() + PATIENCE) else {
            return Err(StoreError::unavailable("a transaction is open for long"));
        };
        checkpoints::vacuum(&self.path).map_err(classify)?;
        drop(guard);
        checkpoints::empty_log(&self.path).map_err(classify)
    }

    fn lead<T, E: From<StoreError>>(
        &self,
        guard: WriteGuard<Box<Group>>,
        until: Instant,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> Result<T, E> {
        let patience = until.saturating_duration_since(Instant::now());
        let mut conn =
            Conn::new(Db::Sqlite(self.pool.get_timeout(patience).map_err(StoreError::unavailable)?));
        conn.begin().map_err(classify)?;
        match step(&mut conn) {
            Ok(done) => {
                let mut group = Group::of_one(conn, guard, Instant::now() + self.group_window);
                group.keep();
                group.pass_or_commit(bus)?;
                Ok(done)
            }
            Err(tx_error) => Err(conn.rollback_with(tx_error)),
        }
    }
}

impl Group {
    fn of_one(conn: Conn, guard: WriteGuard<Box<Self>>, closes: Instant) -> Box<Self> {
        Box::new(Self {
            conn,
            guard,
            outcome_sender: OutcomeSender::new(),
            events: vec![],
            members: 1,
            closes,
            deadline: None,
        })
    }

    fn join<T, E: From<StoreError>>(
        mut self: Box<Self>,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> Result<T, E> {
        self.members += 1;
        match self.within_savepoint(step) {
            Ok(answer) => {
                self.pass_or_commit(bus)?;
                answer.map_err(TxError::into_domain)
            }
            Err(e) => Err(self.lose(classify(e)).into()),
        }
    }

    /// `Err` when nobody knows what the transaction holds: SQLite ends it by itself when the disk is full or fails, and
    /// then there is no savepoint any more.
    fn within_savepoint<T, E>(
        &mut self,
        step: impl FnOnce(&mut Conn) -> Result<T, TxError<E>>,
    ) -> QueryResult<Result<T, TxError<E>>> {
        self.conn.say("SAVEPOINT member")?;
        match step(&mut self.conn) {
            Ok(done) => {
                self.conn.say("RELEASE member")?;
                self.keep();
                Ok(Ok(done))
            }
            Err(tx_error) => {
                self.conn.say("ROLLBACK TO member; RELEASE member")?;
                self.conn.drop_events();
                Ok(Err(tx_error))
            }
        }
    }

    fn keep(&mut self) {
        self.events.append(&mut self.conn.take_events());
        if let Some(end) = deadline::end() {
            self.deadline = Some(self.deadline.map_or(end, |first| first.min(end)));
            self.closes = end.checked_sub(IN_A_HURRY).map_or(self.closes, |last| last.min(self.closes));
        }
    }

    /// Leaves the transaction to the next writer; without one it is committed at once.
    fn pass_or_commit(self: Box<Self>, bus: &dyn EventBus) -> Result<(), StoreError> {
        if self.members >= MOST || Instant::now() >= self.closes {
            return self.commit(bus);
        }
        let (queue, commit_outcome) = (self.guard.queue(), self.outcome_sender.commit_outcome());
        if self.members > 1 {
            queue.yield_briefly();
        }
        match queue.pass(self) {
            Ok(()) => commit_outcome.wait(),
            Err(group) => group.commit(bus),
        }
    }

    fn commit(mut self: Box<Self>, bus: &dyn EventBus) -> Result<(), StoreError> {
        if self.deadline.is_some_and(|end| Instant::now() >= end) {
            let cause = "a caller in this transaction was told to come back";
            return Err(self.lose(StoreError::unavailable(cause)));
        }
        match self.conn.commit() {
            Ok(()) => {
                // At once: a panic of a subscriber takes no commit back.
                self.outcome_sender.committed();
                publish(bus, mem::take(&mut self.events));
                Ok(())
            }
            Err(e) => Err(self.lose(classify(e))),
        }
    }

    /// Nothing of it is made: a connection that is still in a transaction is closed by its pool, and so rolls back.
    fn lose(mut self: Box<Self>, cause: StoreError) -> StoreError {
        self.outcome_sender.aborted(cause)
    }
}
