//! The audit log, read. It is written by the adapters of the changes that it tells of.
use super::AuditEntry;
use crate::shared::{AccountId, Page, StoreError};

/// An entry as kept, with the name that its actor has today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub id: i64,
    pub entry: AuditEntry,
    pub actor_name: Option<String>,
}

#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AuditLog: Send + Sync {
    /// Who saw or changed this patient's data: newest first, at most the page's width. MUST be one query.
    fn of(&self, patient: AccountId, page: Page<i64>) -> Result<Vec<AuditLine>, StoreError>;
}
