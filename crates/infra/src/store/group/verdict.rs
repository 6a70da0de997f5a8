//! What became of a group, told once to everybody in it, and by whatever ends it.
use domain::shared::StoreError;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
enum Outcome {
    Committed,
    Lost(StoreError),
    /// Whoever had the transaction panicked.
    BrokenOff,
}

#[derive(Clone)]
pub(super) struct Verdict(Arc<(Mutex<Option<Outcome>>, Condvar)>);

/// Tells when it is dropped.
pub(super) struct Teller {
    verdict: Verdict,
    outcome: Outcome,
}

impl Outcome {
    fn said(&self) -> Result<(), StoreError> {
        match self {
            Self::Committed => Ok(()),
            Self::Lost(cause) => Err(cause.clone()),
            Self::BrokenOff => Err(StoreError::unavailable("another change in this transaction panicked")),
        }
    }
}

impl Verdict {
    fn open() -> Self {
        Self(Arc::new((Mutex::new(None), Condvar::new())))
    }
    fn outcome(&self) -> MutexGuard<'_, Option<Outcome>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn set(&self, outcome: &Outcome) {
        *self.outcome() = Some(outcome.clone());
        self.0.1.notify_all();
    }

    /// Without a limit: nobody can say earlier whether the change was made.
    pub(super) fn wait(&self) -> Result<(), StoreError> {
        let known = self.0.1.wait_while(self.outcome(), |outcome| outcome.is_none());
        known.unwrap_or_else(PoisonError::into_inner).as_ref().unwrap_or(&Outcome::BrokenOff).said()
    }
}

impl Teller {
    pub(super) fn new() -> Self {
        Self { verdict: Verdict::open(), outcome: Outcome::BrokenOff }
    }
    pub(super) fn verdict(&self) -> Verdict {
        self.verdict.clone()
    }
    pub(super) fn committed(&mut self) {
        self.outcome = Outcome::Committed;
    }
    /// Gives what the others will be told.
    pub(super) fn lost(&mut self, cause: StoreError) -> StoreError {
        self.outcome = Outcome::Lost(cause.clone());
        cause
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.verdict.set(&self.outcome);
    }
}
