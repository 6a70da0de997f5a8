//! Why the store gave no answer.
type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is busy or full. Trying again later may succeed.
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// It failed for a reason that no rule of ours knows: a defect.
    #[error("the store failed")]
    Failed(#[source] Cause),
}

impl StoreError {
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }
    pub fn failed(cause: impl Into<Cause>) -> Self {
        Self::Failed(cause.into())
    }
}
