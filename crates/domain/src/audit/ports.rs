//! The trail, read. It is written by the adapters of the changes that it tells of.
use super::Entry;
use crate::shared::{AccountId, StoreError, Window};

/// An entry as kept, with the name that its actor has today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: i64,
    pub entry: Entry,
    pub actor_name: Option<String>,
}

#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AuditTrail: Send + Sync {
    /// Who saw or changed this patient's data: newest first, at most the window's width. MUST be one query.
    fn of(&self, patient: AccountId, window: Window<i64>) -> Result<Vec<Line>, StoreError>;
}
