//! Whether this worker's asynchronous thread has the processor when it needs it. Where it has not, requests wait unread in
//! their connections, and no queue of ours sees them.
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// From the end of a job to the moment that its request goes on, as a mean of the last ones. Sixty-four clients of a busy
/// server wait 10 ms at most.
const BEHIND: Duration = Duration::from_millis(20);
/// Enough that it gets worse when requests are refused already.
const GETTING_WORSE: Duration = Duration::from_millis(5);
/// What was done against it is done for so long after the last sign of it: when it helps, it takes the signs away.
const LASTS: Duration = Duration::from_secs(1);
/// What was observed before says nothing of now.
const FORGOTTEN: Duration = Duration::from_millis(500);
const MEMORY: u32 = 8;

#[derive(Debug, Clone, Copy)]
struct Lag {
    mean: Duration,
    observed_at: Option<Instant>,
    behind_at: Option<Instant>,
}

thread_local! {
    static LAG: Cell<Lag> = const { Cell::new(Lag::NONE) };
}

pub(super) fn is_behind() -> bool {
    LAG.get().is_behind(Instant::now())
}

/// A job of this thread's ended then, and its request goes on now.
pub(super) fn observe(ended: Instant) {
    LAG.set(LAG.get().after_job(ended, Instant::now()));
}

/// A request of this thread's was refused, because too many wait.
pub(super) fn observe_refusal() {
    LAG.set(LAG.get().after_refusal(Instant::now()));
}

impl Lag {
    const NONE: Self = Self { mean: Duration::ZERO, observed_at: None, behind_at: None };

    fn is_behind(self, now: Instant) -> bool {
        self.behind_at.is_some_and(|at| now - at < LASTS)
    }

    fn after_job(self, ended: Instant, now: Instant) -> Self {
        let before = self.mean_at(now);
        let mean = before - before / MEMORY + (now - ended) / MEMORY;
        let behind_at = if mean > BEHIND { Some(now) } else { self.behind_at };
        Self { mean, observed_at: Some(now), behind_at }
    }

    fn after_refusal(self, now: Instant) -> Self {
        let lasts = self.is_behind(now) || self.mean_at(now) > GETTING_WORSE;
        Self { behind_at: if lasts { Some(now) } else { self.behind_at }, ..self }
    }

    fn mean_at(self, now: Instant) -> Duration {
        let is_known = self.observed_at.is_some_and(|at| now - at < FORGOTTEN);
        if is_known { self.mean } else { Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// After so many jobs, a millisecond apart, whose requests each went on so late.
    fn after(mut lag: Lag, now: &mut Instant, jobs: u32, late: Duration) -> Lag {
        for _ in 0..jobs {
            *now += MS;
            lag = lag.after_job(*now - late, *now);
        }
        lag
    }

    #[test]
    fn a_thread_is_behind_from_a_few_long_waits_until_a_second_after_the_last() {
        let now = &mut (Instant::now() + MS * 10_000);
        let lag = after(Lag::NONE, now, 100, MS * 10);
        assert!(!lag.is_behind(*now));
        let lag = after(lag, now, 10, MS * 50);
        assert!(lag.is_behind(*now));
        let lag = after(lag, now, 900, MS);
        assert!(lag.is_behind(*now));
        let lag = after(lag, now, 200, MS);
        assert!(!lag.is_behind(*now));
    }

    #[test]
    fn it_is_behind_while_requests_are_refused_unless_it_was_in_time() {
        let now = &mut (Instant::now() + MS * 10_000);
        let in_time = after(Lag::NONE, now, 100, MS).after_refusal(*now);
        assert!(!in_time.is_behind(*now));
        let mut lag = after(in_time, now, 100, MS * 8).after_refusal(*now);
        for _ in 0..5 {
            assert!(lag.is_behind(*now));
            lag = after(lag, now, 900, MS).after_refusal(*now);
        }
        *now += LASTS;
        assert!(!lag.after_refusal(*now).is_behind(*now), "a flood that ended leaves no mark");
    }
}
