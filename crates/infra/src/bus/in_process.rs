//! Within this process.
use super::Subscribers;
use domain::events::{
    Event,
    ports::{EventBus, Subscriber},
};
use std::sync::Arc;

pub struct InProcessBus {
    subscribers: Subscribers,
    alone: bool,
}

impl InProcessBus {
    /// No other process writes what is followed here.
    pub fn alone() -> Self {
        Self { subscribers: Subscribers::default(), alone: true }
    }
    /// Other processes may write too, and there is no way to hear of it.
    pub fn among_others() -> Self {
        Self { subscribers: Subscribers::default(), alone: false }
    }
}

impl EventBus for InProcessBus {
    fn publish(&self, event: Event) {
        self.subscribers.tell(&event);
    }
    fn subscribe(&self, subscriber: Arc<dyn Subscriber>) {
        self.subscribers.add(subscriber);
    }
    fn is_whole(&self) -> bool {
        self.alone
    }
}
