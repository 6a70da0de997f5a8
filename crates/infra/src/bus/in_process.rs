//! Within this process.
use super::Ears;
use domain::messaging::{
    Hint,
    ports::{Bus, Ear},
};
use std::sync::Arc;

pub struct InProcessBus {
    ears: Ears,
    alone: bool,
}

impl InProcessBus {
    /// No other process writes what is followed here.
    pub fn alone() -> Self {
        Self { ears: Ears::default(), alone: true }
    }
    /// Other processes may write too, and there is no way to hear of it.
    pub fn among_others() -> Self {
        Self { ears: Ears::default(), alone: false }
    }
}

impl Bus for InProcessBus {
    fn publish(&self, hint: Hint) {
        self.ears.tell(hint);
    }
    fn listen(&self, ear: Arc<dyn Ear>) {
        self.ears.add(ear);
    }
    fn is_whole(&self) -> bool {
        self.alone
    }
}
