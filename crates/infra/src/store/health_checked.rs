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

pub(crate) struct HealthChecked<M> {
    manager: M,
    last_failure: Arc<LastFailure>,
}

impl<M> HealthChecked<M> {
    pub(super) fn new(manager: M) -> Self {
        Self { manager, last_failure: Arc::default() }
    }
}

/// When something failed last.
#[derive(Default)]
struct LastFailure(Mutex<Option<Instant>>);

impl LastFailure {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct TrackedConnection<C> {
    conn: C,
    good: Instant,
    last_failure: Arc<LastFailure>,
}

impl<C> TrackedConnection<C> {
    /// The next checkout of any connection pings before anyone gets it.
    pub(super) fn mark_suspect(&mut self) {
        *self.last_failure.since() = Some(Instant::now());
    }
    fn is_trusted(&self) -> bool {
        self.good.elapsed() < TRUSTED_FOR
            && self.last_failure.since().is_none_or(|last_failure| self.good > last_failure)
    }
}

impl<C> Deref for TrackedConnection<C> {
    type Target = C;
    fn deref(&self) -> &C {
        &self.conn
    }
}

impl<C> DerefMut for TrackedConnection<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.conn
    }
}

impl<M: ManageConnection> ManageConnection for HealthChecked<M> {
    type Connection = TrackedConnection<M::Connection>;
    type Error = M::Error;

    fn connect(&self) -> Result<Self::Connection, M::Error> {
        let good = Instant::now();
        Ok(TrackedConnection { conn: self.manager.connect()?, good, last_failure: self.last_failure.clone() })
    }
    fn is_valid(&self, watched: &mut Self::Connection) -> Result<(), M::Error> {
        if watched.is_trusted() {
            return Ok(());
        }
        // Of before the ping: a failure in the middle of it is later than what it proves.
        let good = Instant::now();
        self.manager.is_valid(&mut watched.conn)?;
        watched.good = good;
        Ok(())
    }
    fn has_broken(&self, watched: &mut Self::Connection) -> bool {
        self.manager.has_broken(&mut watched.conn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
    };

    /// Its connections are numbers. It counts its pings, in the middle of which something may happen.
    #[derive(Default)]
    struct Numbers {
        pings: AtomicUsize,
        meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    }

    impl ManageConnection for Numbers {
        type Connection = usize;
        type Error = Infallible;
        fn connect(&self) -> Result<usize, Infallible> {
            Ok(0)
        }
        fn is_valid(&self, _: &mut usize) -> Result<(), Infallible> {
            self.pings.fetch_add(1, SeqCst);
            if let Some(happens) = self.meanwhile.lock().unwrap().take() {
                happens();
            }
            Ok(())
        }
        fn has_broken(&self, _: &mut usize) -> bool {
            false
        }
    }

    type Three = [TrackedConnection<usize>; 3];

    fn three() -> (HealthChecked<Numbers>, Three) {
        let pool = HealthChecked::new(Numbers::default());
        let connections = [(); 3].map(|()| pool.connect().unwrap());
        (pool, connections)
    }

    /// How many of them are pinged when all are taken.
    fn pinged(pool: &HealthChecked<Numbers>, connections: &mut Three) -> usize {
        let before = pool.manager.pings.load(SeqCst);
        connections.iter_mut().for_each(|connection| pool.is_valid(connection).unwrap());
        pool.manager.pings.load(SeqCst) - before
    }

    #[test]
    fn a_failure_of_one_has_every_connection_pinged_once_before_it_is_used_again() {
        let (pool, mut connections) = three();
        assert_eq!(pinged(&pool, &mut connections), 0, "they are new");
        for _ in 0..2 {
            connections[1].mark_suspect();
            assert_eq!(pinged(&pool, &mut connections), 3);
            assert_eq!(pinged(&pool, &mut connections), 0, "they are good");
        }
        // A later caller has not failed.
        connections[0] = pool.connect().unwrap();
        connections[2].mark_suspect();
        connections[1] = pool.connect().unwrap();
        assert_eq!(pinged(&pool, &mut connections), 2);
    }

    #[test]
    fn a_connection_that_was_not_used_for_a_while_is_pinged() {
        let (pool, mut connections) = three();
        connections[2].good = Instant::now().checked_sub(TRUSTED_FOR).unwrap();
        assert_eq!(pinged(&pool, &mut connections), 1);
        assert_eq!(pinged(&pool, &mut connections), 0);
    }

    #[test]
    fn a_failure_in_the_middle_of_a_ping_is_not_answered_by_it() {
        let (pool, [mut one, mut other, _]) = three();
        one.mark_suspect();
        *pool.manager.meanwhile.lock().unwrap() = Some(Box::new(move || other.mark_suspect()));
        pool.is_valid(&mut one).unwrap();
        assert!(!one.is_trusted());
    }
}
