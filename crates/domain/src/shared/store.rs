//! Why the store gave no answer.
use std::{error::Error, sync::Arc};

/// Shared, because several requests may hear of one failure.
type Cause = Arc<dyn Error + Send + Sync>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is busy or full. Trying again later may succeed.
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// It failed for a reason that no rule of ours knows: a defect.
    #[error("the store failed")]
    Failed(#[source] Cause),
    /// Under this [`IdempotencyKey`](super::IdempotencyKey) something else was made.
    #[error("this idempotency key stands for another request")]
    KeyReused,
}

/// What a store that answers can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreHealth {
    Whole,
    /// It reads, and keeps no change: its disk is full, or fails.
    ReadOnly,
}

impl StoreError {
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into().into())
    }
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into().into())
    }
}
