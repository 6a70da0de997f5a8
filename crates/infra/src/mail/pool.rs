//! The connections to the mail server.
use super::{connect::Door, trouble::Trouble};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Mail servers commonly close a connection that has said nothing for a minute, and some sooner.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// So many at most. A connection is taken out while it is used, and given back only after a letter was accepted on it: one that
/// was given up in the middle of a conversation would take the late answer to one letter for the answer to the next. The pool of
/// the SMTP library takes such a connection back when a send is cancelled, and it limits only the idle ones.
pub(super) struct Pool {
    door: Door,
    places: Semaphore,
    /// The one used last is at the end.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// The right to have one connection.
pub(super) struct Place<'a> {
    pool: &'a Pool,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Pool {
    pub(super) fn new(door: Door, connections: u32) -> Self {
        let places = usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS);
        Self { door, places: Semaphore::new(places.max(1)), idle: Mutex::default() }
    }

    /// Waits until there is one.
    pub(super) async fn place(&self) -> Place<'_> {
        // An error means that the semaphore was closed, and nobody closes it.
        Place { pool: self, _permit: self.places.acquire().await.ok() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// A connection that was used before. The server may have closed it since.
    pub(super) fn used(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.pool.idle();
        idle.retain(|idle| idle.since.elapsed() < IDLE_MAX);
        idle.pop().map(|idle| idle.connection)
    }

    pub(super) async fn fresh(&self) -> Result<AsyncSmtpConnection, Trouble> {
        self.pool.door.enter().await
    }

    pub(super) fn keep(&self, connection: AsyncSmtpConnection) {
        self.pool.idle().push(Idle { connection, since: Instant::now() });
    }
}
