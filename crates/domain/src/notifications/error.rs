//! Every way in which notifications refuse.
use crate::shared::StoreError;

pub type Result<T, E = NotificationError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum NotificationError {
    #[error("no such notification")]
    Unknown,
    #[error("somebody else's notification")]
    Foreign,
    #[error(transparent)]
    Store(#[from] StoreError),
}
