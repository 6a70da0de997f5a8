//! What the bell needs of the outside: the lines, and a count that is never wrong.
use super::{Notification, NotificationId, Result};
use crate::shared::{AccountId, StoreError, Window};

/// The store of notifications. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait NotificationRepository: Send + Sync {
    /// Newest first; the window continues after an older id.
    fn of(&self, owner: AccountId, window: Window<NotificationId>) -> Result<Vec<Notification>, StoreError>;
    fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;
    /// MUST change nothing that `owner` does not own. Returns whether there was such a line.
    fn mark_read(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError>;
    /// MUST delete nothing that `owner` does not own. Returns whether there was such a line.
    fn delete(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError>;
    fn count_unread(&self, owner: AccountId) -> Result<u64, StoreError>;
    /// The newest line of each of these people; those who have none are left out. To be asked of a few hundred at
    /// once, like [`unread_of`](Self::unread_of).
    fn newest_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, NotificationId)>, StoreError>;
    /// How many lines each of these people has not read; those who have read all are left out.
    fn unread_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, u64)>, StoreError>;
}

/// What a cache of counts knows of one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    Known(u64),
    /// Count, then hand the ticket back with the count.
    Unknown(Ticket),
}

/// The permission to keep a count that is read from the store *after* the ticket was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub owner: AccountId,
    /// The state that the cache was in; a change since then makes the ticket void.
    pub generation: u64,
}

/// Unread counts at hand, without asking the store. A count that is recalled MUST equal a recount at some moment between
/// the call and its return, under any number of writers.
///
/// The protocol that makes it so: whoever is about to commit a change to somebody's notifications suspends their counts
/// first and ends the suspension after the commit. In between, and for every ticket given before, nothing is known and
/// nothing is kept.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait UnreadCounts: Send + Sync {
    /// In the order of the owners.
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall>;
    /// MUST drop the count if the owner's counts were suspended at any time since the ticket was given.
    fn keep(&self, ticket: Ticket, count: u64);
    /// MUST have taken effect when it returns. It ends when the guard is dropped.
    fn suspend(&self, owners: &[AccountId]) -> Suspension;
}

/// Ends a suspension when dropped.
pub struct Suspension(Option<Box<dyn FnOnce() + Send>>);

impl Suspension {
    pub fn until(resume: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(resume)))
    }
    /// Nothing had to be suspended.
    pub fn none() -> Self {
        Self(None)
    }
}

impl Drop for Suspension {
    fn drop(&mut self) {
        if let Some(resume) = self.0.take() {
            resume();
        }
    }
}

impl std::fmt::Debug for Suspension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suspension").finish_non_exhaustive()
    }
}
