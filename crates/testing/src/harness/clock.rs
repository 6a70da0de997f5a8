//! The system's clock, moved by a test.
use chrono::{SubsecRound, TimeDelta, Utc};
use domain::shared::{Clock, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

#[derive(Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_microseconds().unwrap(), Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        (Utc::now() + TimeDelta::microseconds(self.0.load(Relaxed))).trunc_subsecs(6)
    }
}
