//! Where questions wait that the model leaves without an answer, until they are let go.
use crate::Done;
use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    /// How many times they were let go.
    opened: usize,
}

impl Gate {
    /// Until all are let go the next time. Returns how many wait before this one.
    pub(super) fn wait(&self) -> usize {
        let mut state = self.state();
        let opened = state.opened;
        let before = state.waiting;
        state.waiting += 1;
        self.changed.notify_all();
        let left = self.changed.wait_while(state, |state| state.opened == opened);
        left.unwrap_or_else(PoisonError::into_inner).waiting -= 1;
        before
    }

    pub(super) fn open(&self) {
        self.state().opened += 1;
        self.changed.notify_all();
    }

    /// Fails when they are fewer after so long.
    pub(super) fn until_so_many_wait(&self, count: usize, patience: Duration) -> Done {
        let few = |state: &mut State| state.waiting < count;
        let waited = self.changed.wait_timeout_while(self.state(), patience, few);
        match waited.unwrap_or_else(PoisonError::into_inner) {
            (state, late) if late.timed_out() => {
                Err(format!("only {} of {count} calls reached the model", state.waiting).into())
            }
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
