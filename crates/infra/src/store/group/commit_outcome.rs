//! The outcome of a group's COMMIT, sent once to all its members, also when a panic ends it.
use domain::shared::StoreError;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
enum Outcome {
    Committed,
    Aborted(StoreError),
    /// The writer that had the transaction panicked.
    Panicked,
}

#[derive(Clone)]
pub(super) struct CommitOutcome(Arc<(Mutex<Option<Outcome>>, Condvar)>);

/// Sends the outcome when it is dropped.
pub(super) struct OutcomeSender {
    commit_outcome: CommitOutcome,
    outcome: Outcome,
}

impl Outcome {
    fn said(&self) -> Result<(), StoreError> {
        match self {
            Self::Committed => Ok(()),
            Self::Aborted(cause) => Err(cause.clone()),
            Self::Panicked => Err(StoreError::unavailable("another change in this transaction panicked")),
        }
    }
}

impl CommitOutcome {
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
        known.unwrap_or_else(PoisonError::into_inner).as_ref().unwrap_or(&Outcome::Panicked).said()
    }
}

impl OutcomeSender {
    pub(super) fn new() -> Self {
        Self { commit_outcome: CommitOutcome::open(), outcome: Outcome::Panicked }
    }
    pub(super) fn commit_outcome(&self) -> CommitOutcome {
        self.commit_outcome.clone()
    }
    pub(super) fn committed(&mut self) {
        self.outcome = Outcome::Committed;
    }
    /// Returns the cause, which the other members get too.
    pub(super) fn aborted(&mut self, cause: StoreError) -> StoreError {
        self.outcome = Outcome::Aborted(cause.clone());
        cause
    }
}

impl Drop for OutcomeSender {
    fn drop(&mut self) {
        self.commit_outcome.set(&self.outcome);
    }
}
