//! A ping at most once a second and connection, instead of one per checkout (a quarter of the throughput), and at once
//! after a failure that is not about data.
//!
//! diesel marks a connection broken only when *executing* fails: if *preparing* fails on a dead connection, an unchecked
//! pool would hand it out for ever.
use diesel::r2d2::ManageConnection;
use std::{
    ops::{Deref, DerefMut},
    time::{Duration, Instant},
};

const TRUSTED_FOR: Duration = Duration::from_secs(1);

pub(crate) struct Checked<M>(pub M);

pub(crate) struct Watched<C> {
    conn: C,
    good: Option<Instant>,
}

impl<C> Watched<C> {
    /// The next checkout pings before anyone gets it.
    pub(super) fn suspect(&mut self) {
        self.good = None;
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
        Ok(Watched { conn: self.0.connect()?, good: Some(Instant::now()) })
    }
    fn is_valid(&self, watched: &mut Self::Connection) -> Result<(), M::Error> {
        if watched.good.is_some_and(|at| at.elapsed() < TRUSTED_FOR) {
            return Ok(());
        }
        self.0.is_valid(&mut watched.conn)?;
        watched.good = Some(Instant::now());
        Ok(())
    }
    fn has_broken(&self, watched: &mut Self::Connection) -> bool {
        self.0.has_broken(&mut watched.conn)
    }
}
