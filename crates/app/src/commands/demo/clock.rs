//! The clock that makes the demo's past, and the calendar of that past.
use chrono::{NaiveTime, TimeDelta};
use domain::shared::{Clock, Timestamp};
use infra::clock::SystemClock;
use std::sync::{Mutex, PoisonError};

/// How long the diaries are. The last day is yesterday: today has moments that are still to come.
pub(super) const DAYS: u16 = 90;

/// Stands where it was sent to, until it arrives in the present; from then on it is the system's clock.
pub(super) struct TravelClock(Mutex<Option<Timestamp>>);

impl TravelClock {
    pub(super) fn standing_at(moment: Timestamp) -> Self {
        Self(Mutex::new(Some(moment)))
    }
    pub(super) fn go(&self, moment: Timestamp) {
        self.set(Some(moment));
    }
    pub(super) fn arrive(&self) {
        self.set(None);
    }
    fn set(&self, moment: Option<Timestamp>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}

impl Clock for TravelClock {
    fn now(&self) -> Timestamp {
        let standing = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        standing.unwrap_or_else(|| SystemClock.now())
    }
}

/// Turns the story's days into instants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    now: Timestamp,
}

impl Calendar {
    pub(super) fn ending(now: Timestamp) -> Self {
        Self { now }
    }

    /// The first midnight, in UTC.
    pub(super) fn start(&self) -> Timestamp {
        self.now.date_naive().and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(DAYS.into())
    }
    /// So long after the first midnight.
    pub(super) fn after(&self, since: TimeDelta) -> Timestamp {
        self.start() + since
    }
    pub(super) fn ago(&self, before: TimeDelta) -> Timestamp {
        self.now - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_travelled_clock_stands_still_and_then_tells_the_real_time() {
        let past = "2020-02-29T12:00:00Z".parse().unwrap();
        let clock = TravelClock::standing_at(past);
        assert_eq!((clock.now(), clock.now()), (past, past));
        clock.go(past + TimeDelta::hours(1));
        assert_eq!(clock.now(), past + TimeDelta::hours(1));
        clock.arrive();
        let before = SystemClock.now();
        assert!(clock.now() >= before && clock.now() <= SystemClock.now());
    }

    #[test]
    fn the_ninetieth_day_is_yesterday_whatever_the_time_is() {
        for now in ["2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999999Z"] {
            let calendar = Calendar::ending(now.parse().unwrap());
            let last = calendar.after(TimeDelta::days(i64::from(DAYS) - 1));
            assert_eq!(last.to_rfc3339(), "2026-02-28T00:00:00+00:00");
        }
    }
}
