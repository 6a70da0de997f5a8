//! What became of a group, told once to everybody in it, and by whatever ends it.
use domain::shared::{StoreError, pledge::Pledge};
use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

#[derive(Clone)]
enum Outcome {
    Committed,
    /// diesel's errors cannot be cloned: each is told of the one cause.
    Lost(Arc<StoreError>),
    /// Whoever had the transaction panicked.
    BrokenOff,
}

type Listener = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

enum Told {
    NotYet(Vec<Listener>),
    Known(Outcome),
}

#[derive(Clone)]
pub(super) struct Verdict(Arc<(Mutex<Told>, Condvar)>);

/// Tells when it is dropped.
pub(super) struct Teller {
    verdict: Verdict,
    outcome: Outcome,
}

impl Outcome {
    fn said(&self) -> Result<(), StoreError> {
        match self {
            Self::Committed => Ok(()),
            Self::Lost(cause) => Err(copy(cause)),
            Self::BrokenOff => Err(StoreError::unavailable("another change in this transaction panicked")),
        }
    }
}

fn copy(cause: &Arc<StoreError>) -> StoreError {
    match **cause {
        StoreError::Unavailable(_) => StoreError::unavailable(cause.clone()),
        StoreError::Failed(_) => StoreError::failed(cause.clone()),
    }
}

impl Verdict {
    fn open() -> Self {
        Self(Arc::new((Mutex::new(Told::NotYet(vec![])), Condvar::new())))
    }
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn set(&self, outcome: &Outcome) {
        let told = mem::replace(&mut *self.told(), Told::Known(outcome.clone()));
        self.0.1.notify_all();
        if let Told::NotYet(listeners) = told {
            listeners.into_iter().for_each(|listener| listener(outcome.said()));
        }
    }
}

impl Pledge for Verdict {
    /// Without a limit: nobody can say earlier whether the change was made.
    fn wait(&self) -> Result<(), StoreError> {
        let waiting = self.told();
        let told = self.0.1.wait_while(waiting, |told| matches!(told, Told::NotYet(_)));
        match &*told.unwrap_or_else(PoisonError::into_inner) {
            Told::Known(outcome) => outcome.said(),
            Told::NotYet(_) => Outcome::BrokenOff.said(),
        }
    }

    fn tell(&self, whom: Listener) {
        let known = match &mut *self.told() {
            Told::NotYet(listeners) => {
                listeners.push(whom);
                return;
            }
            Told::Known(outcome) => outcome.said(),
        };
        whom(known);
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
        let cause = Arc::new(cause);
        self.outcome = Outcome::Lost(cause.clone());
        copy(&cause)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.verdict.set(&self.outcome);
    }
}
