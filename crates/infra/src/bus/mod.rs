//! The event bus: the same port in this process, and over Redis between all nodes. It knows no module's events.
mod codec;
mod connection_log;
mod in_process;
mod redis;
mod seal;
mod wire;
pub use codec::{EventCodec, EventCodecs};
pub use connection_log::register_metrics;
pub use in_process::InProcessBus;
pub use redis::{RedisBus, check_redis_url, ping};

use domain::events::{Event, ports::Subscriber};
use std::sync::{Arc, PoisonError, RwLock};

/// The subscribers of this process.
#[derive(Default)]
struct Subscribers(RwLock<Vec<Arc<dyn Subscriber>>>);

impl Subscribers {
    fn add(&self, subscriber: Arc<dyn Subscriber>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(subscriber);
    }
    fn tell(&self, event: &Event) {
        self.each(|subscriber| subscriber.on_event(event));
    }
    fn interrupted(&self) {
        self.each(|subscriber| subscriber.interrupted());
    }
    fn each(&self, tell: impl Fn(&dyn Subscriber)) {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .for_each(|subscriber| tell(&**subscriber));
    }
}
