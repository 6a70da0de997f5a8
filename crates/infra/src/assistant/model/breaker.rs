//! Leaves alone a server that fails again and again: people hear at once that the model is away, instead of after 30 s, and a
//! server that is overloaded gets no more to do.
use super::metrics;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// In a row.
const FAILURES: u32 = 5;

pub(super) struct Breaker {
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
enum State {
    Closed {
        failures: u32,
    },
    /// From then on one call may try again.
    Open {
        until: Instant,
    },
    /// One call is trying.
    Probing,
}

/// Of one call. A call that is dropped says nothing of the server.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Breaker {
    /// Closed. `rest` is how long nobody is let through once it is open.
    pub(super) fn new(rest: Duration) -> Self {
        Self { rest, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// `None` while it is open.
    pub(super) fn admit(&self) -> Option<Pass<'_>> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Some(Pass { breaker: self, is_probe: false }),
            State::Open { until } if Instant::now() >= until => {
                *state = State::Probing;
                Some(Pass { breaker: self, is_probe: true })
            }
            State::Open { .. } | State::Probing => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn probed(&self, is_sound: bool) {
        *self.state() = if is_sound { State::Closed { failures: 0 } } else { self.open() };
        if is_sound {
            metrics::breaker(false);
            tracing::info!("the model answers again, and is asked again");
        }
    }

    /// Calls that began before it opened say nothing once it is open: only the probe closes it, so that one late success does not
    /// send everybody back.
    fn saw(&self, is_sound: bool) {
        let mut state = self.state();
        let State::Closed { failures } = &mut *state else { return };
        *failures = if is_sound { 0 } else { *failures + 1 };
        if *failures == FAILURES {
            *state = self.open();
            metrics::breaker(true);
            tracing::warn!(failures = FAILURES, rest = ?self.rest, "the model failed again and again, and is not asked for a while");
        }
    }

    fn open(&self) -> State {
        State::Open { until: Instant::now() + self.rest }
    }
}

impl Pass<'_> {
    /// What the call has shown of the server.
    pub(super) fn tell(mut self, is_sound: bool) {
        if std::mem::take(&mut self.is_probe) {
            self.breaker.probed(is_sound);
        } else {
            self.breaker.saw(is_sound);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            // The next call may try at once.
            *self.breaker.state() = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const REST: Duration = Duration::from_secs(10);

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.admit().unwrap().tell(false);
        }
    }

    fn open() -> Breaker {
        let breaker = Breaker::new(REST);
        fail(&breaker, FAILURES);
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_only() {
        let breaker = Breaker::new(REST);
        fail(&breaker, FAILURES - 1);
        breaker.admit().unwrap().tell(true);
        fail(&breaker, FAILURES - 1);
        // A call that is dropped is neither.
        drop(breaker.admit().unwrap());
        fail(&breaker, 1);
        assert!(breaker.admit().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn after_its_rest_it_lets_one_call_through() {
        for is_sound in [true, false] {
            let breaker = open();
            advance(REST - Duration::from_millis(1)).await;
            assert!(breaker.admit().is_none());
            advance(Duration::from_millis(1)).await;
            let probe = breaker.admit().unwrap();
            assert!(breaker.admit().is_none(), "one is enough");
            probe.tell(is_sound);
            assert_eq!(breaker.admit().is_some(), is_sound);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_dropped_makes_room_for_another() {
        let breaker = open();
        advance(REST).await;
        drop(breaker.admit().unwrap());
        breaker.admit().unwrap().tell(true);
        assert!(breaker.admit().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_began_before_it_opened_do_not_count() {
        let breaker = Breaker::new(REST);
        let [early, late] = [(); 2].map(|()| breaker.admit().unwrap());
        fail(&breaker, FAILURES);
        early.tell(true);
        assert!(breaker.admit().is_none());
        advance(REST).await;
        let probe = breaker.admit().unwrap();
        late.tell(false);
        probe.tell(true);
        assert!(breaker.admit().is_some());
    }
}
