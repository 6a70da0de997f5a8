//! Stand-ins for the race of unread counts: a slow store, a cache that is watched, and three caches that are wrong.
use domain::{
    notifications::{
        Notification, NotificationId,
        ports::{NotificationRepository, Recall, Suspension, Ticket, UnreadCounts},
    },
    shared::{AccountId, StoreError, Window},
};
use infra::cache::InProcessUnreadCounts;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

/// Waits, after it counted, until the number (of changes that are done) moves; or a little.
pub(crate) struct Dawdling(pub(crate) Arc<dyn NotificationRepository>, pub(crate) Arc<AtomicU64>);

impl NotificationRepository for Dawdling {
    fn count_unread(&self, owner: AccountId) -> Result<u64, StoreError> {
        self.0.count_unread(owner)
    }
    fn of(&self, owner: AccountId, window: Window<NotificationId>) -> Result<Vec<Notification>, StoreError> {
        self.0.of(owner, window)
    }
    fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        self.0.find(id)
    }
    fn mark_read(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError> {
        self.0.mark_read(owner, id)
    }
    fn delete(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError> {
        self.0.delete(owner, id)
    }
    fn newest_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, NotificationId)>, StoreError> {
        self.0.newest_of(owners)
    }
    fn unread_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, u64)>, StoreError> {
        let done = self.1.load(SeqCst);
        let counts = self.0.unread_of(owners)?;
        let patience = Instant::now() + Duration::from_millis(10);
        while self.1.load(SeqCst) == done && Instant::now() < patience {
            thread::yield_now();
        }
        Ok(counts)
    }
}

/// Counts how often the cache knew.
pub(crate) struct Tally(pub(crate) Arc<dyn UnreadCounts>, pub(crate) Arc<AtomicU64>);

impl UnreadCounts for Tally {
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall> {
        let recalled = self.0.recall(owners);
        let known = recalled.iter().filter(|recall| matches!(recall, Recall::Known(_))).count();
        self.1.fetch_add(known as u64, SeqCst);
        recalled
    }
    fn keep(&self, ticket: Ticket, count: u64) {
        self.0.keep(ticket, count);
    }
    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        self.0.suspend(owners)
    }
}

/// Three ways to get it wrong.
pub(crate) enum Bad {
    /// Does not hear that something changes.
    Deaf,
    /// Forgets the count before the commit, and keeps what was counted during it.
    Hasty,
    /// Keeps whatever it is told, however old the ticket is.
    Credulous,
}

pub(crate) struct BadCounts(pub(crate) InProcessUnreadCounts, pub(crate) Bad);

impl UnreadCounts for BadCounts {
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall> {
        self.0.recall(owners)
    }
    fn keep(&self, ticket: Ticket, count: u64) {
        match (&self.1, self.0.recall(&[ticket.owner]).remove(0)) {
            (Bad::Credulous, Recall::Unknown(fresh)) => self.0.keep(fresh, count),
            _ => self.0.keep(ticket, count),
        }
    }
    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        match self.1 {
            Bad::Deaf => Suspension::none(),
            Bad::Hasty => {
                drop(self.0.suspend(owners));
                Suspension::none()
            }
            Bad::Credulous => self.0.suspend(owners),
        }
    }
}
