//! Whether the asynchronous threads have the processor when they need it. Where they have not, requests wait unread in
//! their connections, and no queue of ours sees them.
use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// From the end of a job to the moment that its request goes on, as a mean of the last ones. A server that 64 clients keep
/// busy is some 10 ms late.
const BEHIND: Duration = Duration::from_millis(20);
/// So much is a sign too when requests are refused.
const LATE: Duration = Duration::from_millis(5);
/// After the last sign. What helps takes the signs away, so it must go on for a while.
const LASTS: Duration = Duration::from_secs(1);
/// What was observed before says nothing of now.
const FORGOTTEN: Duration = Duration::from_millis(500);
const MEMORY: u32 = 8;

thread_local! {
    static LAG: Cell<Lag> = const { Cell::new(Lag::NONE) };
}

/// When a worker of this server was behind last, in milliseconds from the start; 0 is never. Of all workers together: one that
/// is behind lacks the processor, and what has it may run for another.
#[derive(Debug)]
pub(super) struct LastSign {
    start: Instant,
    at: AtomicU64,
}

impl LastSign {
    pub(super) fn none() -> Self {
        Self { start: Instant::now(), at: AtomicU64::new(0) }
    }

    pub(super) fn is_recent(&self) -> bool {
        self.is_recent_at(Instant::now())
    }

    /// A job of this thread's ended then, and its request goes on now.
    pub(super) fn observe(&self, ended: Instant) {
        let now = Instant::now();
        let lag = LAG.get().after_job(ended, now);
        LAG.set(lag);
        if lag.mean > BEHIND {
            self.note(now);
        }
    }

    /// A request of this thread's was refused, because too many wait.
    pub(super) fn observe_refusal(&self) {
        let now = Instant::now();
        if self.is_recent_at(now) || LAG.get().mean_at(now) > LATE {
            self.note(now);
        }
    }

    pub(super) fn note(&self, now: Instant) {
        self.at.fetch_max(self.milliseconds(now).max(1), Relaxed);
    }

    fn is_recent_at(&self, now: Instant) -> bool {
        let at = self.at.load(Relaxed);
        at > 0 && u128::from(self.milliseconds(now).saturating_sub(at)) < LASTS.as_millis()
    }

    fn milliseconds(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }
}

#[derive(Debug, Clone, Copy)]
struct Lag {
    mean: Duration,
    observed_at: Option<Instant>,
}

impl Lag {
    const NONE: Self = Self { mean: Duration::ZERO, observed_at: None };

    fn after_job(self, ended: Instant, now: Instant) -> Self {
        let before = self.mean_at(now);
        Self { mean: before - before / MEMORY + (now - ended) / MEMORY, observed_at: Some(now) }
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

    #[test]
    fn the_lag_follows_the_last_few_jobs_and_is_forgotten_when_none_come() {
        let mut now = Instant::now() + MS * 10_000;
        let mut lag = Lag::NONE;
        let mut after = |jobs: u32, late: Duration| {
            for _ in 0..jobs {
                now += MS;
                lag = lag.after_job(now - late, now);
            }
            (lag, now)
        };
        assert!(after(100, MS * 10).0.mean < BEHIND);
        assert!(after(10, MS * 50).0.mean > BEHIND);
        let (lag, now) = after(100, MS);
        assert!(lag.mean_at(now) < LATE);
        let (lag, now) = after(100, MS * 50);
        assert!(lag.mean_at(now + FORGOTTEN / 2) > BEHIND && lag.mean_at(now + FORGOTTEN).is_zero());
    }

    #[test]
    fn a_sign_lasts_for_a_second() {
        let (sign, now) = (LastSign::none(), Instant::now());
        assert!(!sign.is_recent_at(now));
        sign.note(now);
        assert!(sign.is_recent_at(now) && sign.is_recent_at(now + MS * 900));
        sign.note(now + MS * 900);
        assert!(sign.is_recent_at(now + MS * 1800) && !sign.is_recent_at(now + MS * 1950));
    }
}
