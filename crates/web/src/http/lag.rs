//! Whether this worker's asynchronous thread has the processor when it needs it. Where it has not, requests wait unread in
//! their connections, and no queue of ours sees them.
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// From the end of a job to the moment that its request goes on, as a mean of the last ones. A thread that keeps up takes less
/// than a millisecond.
const BEHIND: Duration = Duration::from_millis(10);
/// So long it must have been behind: a burst is over by then.
const PERSISTENT: Duration = Duration::from_millis(200);
/// Unless it was so lately: what goes away while few requests are admitted comes back when more are.
const LATELY: Duration = Duration::from_secs(5);
/// What was observed before says nothing of now: a flood that ended leaves no mark.
const FORGOTTEN: Duration = Duration::from_millis(500);
const MEMORY: u32 = 16;

#[derive(Debug, Clone, Copy, Default)]
struct Lag {
    mean: Duration,
    /// The mean is too high since then.
    high_since: Option<Instant>,
    /// When it was behind last.
    behind_at: Option<Instant>,
    observed_at: Option<Instant>,
}

thread_local! {
    static LAG: Cell<Lag> = const { Cell::new(Lag { mean: Duration::ZERO, high_since: None, behind_at: None, observed_at: None }) };
}

pub(super) fn is_behind() -> bool {
    LAG.get().is_behind(Instant::now())
}

/// A job of this thread's ended then, and its request goes on now.
pub(super) fn observe(ended: Instant) {
    LAG.set(LAG.get().after(Instant::now(), ended));
}

impl Lag {
    fn is_behind(self, now: Instant) -> bool {
        let is_known = self.observed_at.is_some_and(|at| now - at < FORGOTTEN);
        let lately = self.behind_at.is_some_and(|at| now - at < LATELY);
        is_known && self.high_since.is_some_and(|since| lately || now - since > PERSISTENT)
    }

    fn after(mut self, now: Instant, ended: Instant) -> Self {
        if self.observed_at.is_none_or(|at| now - at >= FORGOTTEN) {
            (self.mean, self.high_since) = (Duration::ZERO, None);
        }
        self.observed_at = Some(now);
        self.mean = self.mean - self.mean / MEMORY + (now - ended) / MEMORY;
        self.high_since = (self.mean > BEHIND).then(|| self.high_since.unwrap_or(now));
        if self.is_behind(now) {
            self.behind_at = Some(now);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_behind_after_a_while_of_long_waits_and_when_they_return_at_once() {
        let (mut lag, begun) = (Lag::default(), Instant::now());
        // A hundred waits of so long, from then on, each a millisecond after the last.
        let mut waits = |from: u64, ms: u64| {
            for n in 0..100 {
                let now = begun + Duration::from_millis(10_000 + from + n);
                lag = lag.after(now, now - Duration::from_millis(ms));
            }
            lag.is_behind(begun + Duration::from_millis(10_100 + from))
        };
        assert!(!waits(0, 1));
        assert!(!waits(100, 50), "a burst");
        assert!(waits(250, 50));
        assert!(!waits(400, 1));
        assert!(waits(500, 50), "again");
        assert!(!waits(700, 1));
        assert!(waits(900, 50));
        assert!(!lag.is_behind(begun + Duration::from_millis(11_600)), "it is over");
        let mut waits = |from: u64, ms: u64| {
            let now = begun + Duration::from_millis(10_000 + from);
            lag = lag.after(now, now - Duration::from_millis(ms));
            lag.is_behind(now)
        };
        assert!(!waits(1700, 50) && !waits(9000, 50));
    }
}
