//! Whether changes are kept. A full disk refuses them while reads go on: that is no reason to send nobody here any more.
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const WRITABLE: &str = "store_writable";

/// Before the first store is opened: see `web::metrics::register`.
pub fn register_metrics() {
    metrics::describe_gauge!(
        WRITABLE,
        "0 while the database answers and keeps no change: its disk is full, or fails"
    );
    metrics::gauge!(WRITABLE).set(1);
}

/// A failed change tells of it, and only a change that reaches the disk of its being over: a COMMIT of nothing succeeds on a full
/// one.
#[derive(Debug, Default)]
pub(super) struct WriteHealth(AtomicBool);

/// How far a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It did not get its turn, a rule refused it, or it broke a constraint.
    Refused,
    /// The database failed for a reason that is not about the data.
    Failed,
    /// What is left is the COMMIT.
    Done,
}

impl WriteHealth {
    pub(super) fn saw(&self, progress: Progress, committed: bool) {
        if !committed && progress != Progress::Refused && !self.0.swap(true, Relaxed) {
            metrics::gauge!(WRITABLE).set(0);
        }
    }
    pub(super) fn is_failing(&self) -> bool {
        self.0.load(Relaxed)
    }
    pub(super) fn recovered(&self) {
        if self.0.swap(false, Relaxed) {
            metrics::gauge!(WRITABLE).set(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_change_is_remembered_until_one_reached_the_disk_and_a_refused_one_is_not() {
        let health = WriteHealth::default();
        for (progress, committed, failing) in [
            (Progress::Done, true, false),
            (Progress::Refused, false, false),
            (Progress::Failed, false, true),
            (Progress::Done, true, true),
        ] {
            health.saw(progress, committed);
            assert_eq!(health.is_failing(), failing, "{progress:?}");
        }
        health.recovered();
        assert!(!health.is_failing());
        health.saw(Progress::Done, false);
        assert!(health.is_failing(), "the COMMIT failed");
    }
}
