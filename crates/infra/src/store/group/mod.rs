//! Writers on SQLite share commits. A COMMIT waits for the disk, and there is one writer at a time: whoever is done while
//! others wait leaves the open transaction to the next one, and hears from the last one what became of it.
//!
//! The changes run one after the other, each on its own thread. The first needs no savepoint: when it fails, nobody else is
//! in the transaction yet. PostgreSQL groups its own flushes.
mod line;
#[cfg(test)]
mod tests;
mod verdict;

use super::{
    conn::{Conn, Db, publish},
    fault::{Fault, judge},
    pool::{PATIENCE, SqliteManager},
};
use diesel::{QueryResult, r2d2::Pool};
use domain::{
    events::{Event, ports::EventBus},
    shared::{StoreError, deadline},
};
use line::{Hold, Line, Turn};
use std::{
    mem,
    time::{Duration, Instant},
};
use verdict::Teller;

/// How many changes one COMMIT can take down with it.
const MOST: usize = 64;
/// A group takes others for this long: what its first one waits, besides the last change and the disk.
const YOUNG: Duration = Duration::from_millis(5);
/// Whoever has less time than this left is the last one in a group.
const IN_A_HURRY: Duration = Duration::from_millis(100);

/// The one write connection, and the line in front of it.
pub(super) struct Writers {
    pool: Pool<SqliteManager>,
    line: Line<Box<Group>>,
    /// For how long a group takes others.
    young: Duration,
}

/// An open transaction. The fields are dropped in this order: when a panic ends the group, its connection is closed before
/// the next writer is called, and everybody in it is told.
struct Group {
    conn: Conn,
    hold: Hold<Box<Group>>,
    teller: Teller,
    /// Published after the COMMIT, in the order of the changes.
    events: Vec<Event>,
    members: usize,
    /// When it takes nobody else.
    closes: Instant,
    /// When the first one of those who changed something is told that nothing was changed.
    deadline: Option<Instant>,
}

impl Writers {
    pub(super) fn new(pool: Pool<SqliteManager>) -> Self {
        Self { pool, line: Line::new(), young: YOUNG }
    }

    /// Returns after the COMMIT, also with a refusal: perhaps it was refused for what an earlier change of the same group
    /// did.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        let patience = Instant::now() + PATIENCE;
        let until = deadline::end().map_or(patience, |end| end.min(patience));
        match self.line.take_turn(until) {
            None => Err(StoreError::unavailable("too many writers wait").into()),
            Some(Turn::Begin(hold)) => self.lead(hold, until, bus, step),
            Some(Turn::GoOn(group)) => group.join(bus, step),
        }
    }

    fn lead<T, E: From<StoreError>>(
        &self,
        hold: Hold<Box<Group>>,
        until: Instant,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        let patience = until.saturating_duration_since(Instant::now());
        let mut conn =
            Conn::new(Db::Sqlite(self.pool.get_timeout(patience).map_err(StoreError::unavailable)?));
        conn.begin().map_err(judge)?;
        match step(&mut conn) {
            Ok(done) => {
                let mut group = Group::of_one(conn, hold, Instant::now() + self.young);
                group.keep();
                group.go_on(bus)?;
                Ok(done)
            }
            Err(fault) => Err(conn.rollback_with(fault)),
        }
    }
}

impl Group {
    fn of_one(conn: Conn, hold: Hold<Box<Self>>, closes: Instant) -> Box<Self> {
        Box::new(Self {
            conn,
            hold,
            teller: Teller::new(),
            events: vec![],
            members: 1,
            closes,
            deadline: None,
        })
    }

    fn join<T, E: From<StoreError>>(
        mut self: Box<Self>,
        bus: &dyn EventBus,
        step: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> Result<T, E> {
        self.members += 1;
        match self.within_savepoint(step) {
            Ok(answer) => {
                self.go_on(bus)?;
                answer.map_err(Fault::told)
            }
            Err(e) => Err(self.lose(judge(e)).into()),
        }
    }

    /// `Err` when nobody knows what the transaction holds: SQLite ends it by itself when the disk is full or fails, and
    /// then there is no savepoint any more.
    fn within_savepoint<T, E>(
        &mut self,
        step: impl FnOnce(&mut Conn) -> Result<T, Fault<E>>,
    ) -> QueryResult<Result<T, Fault<E>>> {
        self.conn.say("SAVEPOINT member")?;
        match step(&mut self.conn) {
            Ok(done) => {
                self.conn.say("RELEASE member")?;
                self.keep();
                Ok(Ok(done))
            }
            Err(fault) => {
                self.conn.say("ROLLBACK TO member; RELEASE member")?;
                self.conn.drop_events();
                Ok(Err(fault))
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
    fn go_on(self: Box<Self>, bus: &dyn EventBus) -> Result<(), StoreError> {
        if self.members >= MOST || Instant::now() >= self.closes {
            return self.commit(bus);
        }
        let (line, verdict) = (self.hold.line(), self.teller.verdict());
        if self.members > 1 {
            line.let_come();
        }
        match line.pass(self) {
            Ok(()) => verdict.wait(),
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
                self.teller.committed();
                publish(bus, mem::take(&mut self.events));
                Ok(())
            }
            Err(e) => Err(self.lose(judge(e))),
        }
    }

    /// Nothing of it is made: a connection that is still in a transaction is closed by its pool, and so rolls back.
    fn lose(mut self: Box<Self>, cause: StoreError) -> StoreError {
        self.teller.lost(cause)
    }
}
