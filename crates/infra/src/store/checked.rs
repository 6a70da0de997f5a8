//! A ping at most once a second and connection, instead of one per checkout (a quarter of the throughput); and of every
//! connection, before it is used again, after a failure on any of them: a server that restarted has closed them all.
//!
//! diesel marks a connection broken only when *executing* fails: if *preparing* fails on a dead connection, an unchecked
//! pool would hand it out for ever.
use diesel::r2d2::ManageConnection;
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

const TRUSTED_FOR: Duration = Duration::from_secs(1);

pub(crate) struct Checked<M> {
    manager: M,
    doubt: Arc<Doubt>,
}

impl<M> Checked<M> {
    pub(super) fn new(manager: M) -> Self {
        Self { manager, doubt: Arc::default() }
    }
}

/// When something failed last.
#[derive(Default)]
struct Doubt(Mutex<Option<Instant>>);

impl Doubt {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Watched<C> {
    conn: C,
    good: Instant,
    doubt: Arc<Doubt>,
}

impl<C> Watched<C> {
    /// The next checkout of any connection pings before anyone gets it.
    pub(super) fn suspect(&mut self) {
        *self.doubt.since() = Some(Instant::now());
    }
    fn is_trusted(&self) -> bool {
        self.good.elapsed() < TRUSTED_FOR && self.doubt.since().is_none_or(|doubt| self.good > doubt)
    }
}

impl<C> Deref for Watched<C> {
    type Target = C;
    fn deref(&self) -> &C {
        &self.conn
    }
}

impl<C> DerefMut for Watched<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.conn
    }
}

impl<M: ManageConnection> ManageConnection for Checked<M> {
    type Connection = Watched<M::Connection>;
    type Error = M::Error;

    fn connect(&self) -> Result<Self::Connection, M::Error> {
        Ok(Watched { conn: self.manager.connect()?, good: Instant::now(), doubt: self.doubt.clone() })
    }
    fn is_valid(&self, watched: &mut Self::Connection) -> Result<(), M::Error> {
        if watched.is_trusted() {
            return Ok(());
        }
        self.manager.is_valid(&mut watched.conn)?;
        watched.good = Instant::now();
        Ok(())
    }
    fn has_broken(&self, watched: &mut Self::Connection) -> bool {
        self.manager.has_broken(&mut watched.conn)
    }
}
