//! What notifications need of the outside.
use super::{Notice, Notification, NotificationId, Result};
use crate::shared::{AccountId, Each, Page, StoreError};

/// The store of notifications. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait NotificationRepository: Send + Sync {
    /// Shows `each`, newest first; the page continues after an older id.
    fn of<'f>(
        &self,
        owner: AccountId,
        page: Page<NotificationId>,
        each: &mut Each<'f, Notification>,
    ) -> Result<(), StoreError>;
    fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;
    /// MUST change nothing that `owner` does not own. Returns whether there was such a line.
    fn mark_read(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError>;
    /// MUST delete nothing that `owner` does not own. Returns whether there was such a line.
    fn delete(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError>;
    /// The newest line of each of these people; those who have none are left out. To be asked of a few hundred at
    /// once, like [`unread_of`](Self::unread_of).
    fn newest_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, NotificationId)>, StoreError>;
    /// How many lines each of these people has not read; those who have read all are left out.
    fn unread_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, u64)>, StoreError>;
}

/// How a notice is worded where no client of a family shows it: in a letter.
pub trait NoticeWords: Send + Sync {
    /// One line.
    fn sentence(&self, notice: &Notice) -> String;
}
