//! What became of a group, told once to everybody in it, and by whatever ends it.
use domain::shared::StoreError;
use std::{
    mem,
    sync::{Arc, OnceLock},
};

enum Outcome {
    Committed,
    /// diesel's errors cannot be cloned: each is told of the one cause.
    Lost(Arc<StoreError>),
    /// Whoever had the transaction panicked.
    BrokenOff,
}

pub(super) struct Verdict(Arc<OnceLock<Outcome>>);

/// Tells when it is dropped.
pub(super) struct Teller {
    verdict: Arc<OnceLock<Outcome>>,
    outcome: Outcome,
}

impl Verdict {
    /// Waits without a limit: nobody can say earlier whether the change was made.
    pub(super) fn hear(&self) -> Result<(), StoreError> {
        match self.0.wait() {
            Outcome::Committed => Ok(()),
            Outcome::Lost(cause) => Err(copy(cause)),
            Outcome::BrokenOff => Err(StoreError::unavailable("another change in this transaction panicked")),
        }
    }
}

fn copy(cause: &Arc<StoreError>) -> StoreError {
    match **cause {
        StoreError::Unavailable(_) => StoreError::unavailable(cause.clone()),
        StoreError::Failed(_) => StoreError::failed(cause.clone()),
    }
}

impl Teller {
    pub(super) fn new() -> Self {
        Self { verdict: Arc::default(), outcome: Outcome::BrokenOff }
    }
    pub(super) fn verdict(&self) -> Verdict {
        Verdict(self.verdict.clone())
    }
    pub(super) fn committed(&mut self) {
        self.outcome = Outcome::Committed;
    }
    /// Gives what the others will be told.
    pub(super) fn lost(&mut self, cause: StoreError) -> StoreError {
        let cause = Arc::new(cause);
        self.outcome = Outcome::Lost(cause.clone());
        copy(&cause)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        // It can only be set here: nothing is lost.
        let _ = self.verdict.set(mem::replace(&mut self.outcome, Outcome::BrokenOff));
    }
}
