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
    /// The caller's: the count is kept for nobody of a later epoch.
    pub epoch: i64,
    /// The state that the cache was in; a change since then makes the ticket void.
    pub generation: u64,
}

/// Unread counts at hand, without asking the store. A count that is recalled MUST equal a recount at some moment between
/// the call and its return, under any number of writers, on any number of nodes that share the cache.
///
/// The protocol that makes it so: whoever is about to commit a change to somebody's notifications suspends their counts
/// first and ends the suspension after the commit. In between, and for every ticket given before, nothing is known and
/// nothing is kept. When not everybody who shares the cache can be told (its server is away for one node, perhaps for one
/// only), the store moves the *epoch* in the transaction of the change: every caller brings the epoch that the database
/// had when their token was checked, and a count of another epoch is unknown.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait UnreadCounts: Send + Sync {
    /// Of several owners, each with the epoch that they bring, in their order.
    fn recall(&self, asking: &[(AccountId, i64)]) -> Vec<Recall>;
    /// MUST drop the count if the owner's counts were suspended at any time since the ticket was given.
    fn keep(&self, ticket: Ticket, count: u64);
    /// MUST have taken effect on every node when it returns, or say that it [was not heard](Suspension::unheard). It ends
    /// when the guard is dropped.
    fn suspend(&self, owners: &[AccountId]) -> Suspension;
}

/// Ends a suspension when dropped.
pub struct Suspension {
    resume: Option<Box<dyn FnOnce() + Send>>,
    heard: bool,
}

impl Suspension {
    pub fn until(resume: impl FnOnce() + Send + 'static) -> Self {
        Self { resume: Some(Box::new(resume)), heard: true }
    }
    /// Nothing had to be suspended.
    pub fn none() -> Self {
        Self { resume: None, heard: true }
    }
    /// Not everybody could be told.
    pub fn unheard() -> Self {
        Self { resume: None, heard: false }
    }
    pub fn was_heard(&self) -> bool {
        self.heard
    }
}

impl Drop for Suspension {
    fn drop(&mut self) {
        if let Some(resume) = self.resume.take() {
            resume();
        }
    }
}

impl std::fmt::Debug for Suspension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suspension").field("heard", &self.heard).finish_non_exhaustive()
    }
}
