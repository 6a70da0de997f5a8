//! What a change has to do when it is committed.
use domain::{
    messaging::{Hint, ports::Bus},
    notifications::ports::Suspension,
};

/// When it is dropped instead, nothing was changed, and the counts are known again.
pub(super) struct Aftermath {
    pub(super) unknown: Suspension,
    pub(super) hints: Vec<Hint>,
}

impl Aftermath {
    /// Not a moment before the commit: who hears a hint may read what it tells of.
    pub(super) fn follow(self, bus: &dyn Bus) {
        drop(self.unknown);
        self.hints.into_iter().for_each(|hint| bus.publish(hint));
    }
}
