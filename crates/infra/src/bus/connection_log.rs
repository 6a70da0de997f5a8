//! What the log and the metrics tell of the connection to Redis: each change once, however often it is tried.
use redis::RedisError;
use std::sync::{Mutex, PoisonError};

const CONNECTED: &str = "bus_connected";
const INTERRUPTIONS: &str = "bus_interruptions_total";

/// Before the first bus is opened: see `web::metrics::register`.
pub fn register_metrics() {
    metrics::describe_gauge!(CONNECTED, "1 while Redis passes events between the nodes");
    metrics::describe_counter!(INTERRUPTIONS, "How often the connection to Redis was lost");
    metrics::gauge!(CONNECTED).set(0);
    metrics::counter!(INTERRUPTIONS).increment(0);
}

/// Whether it was connected when the log told of it last; `None` before the first connection or failure.
#[derive(Default)]
pub(super) struct ConnectionLog(Mutex<Option<bool>>);

impl ConnectionLog {
    pub(super) fn connected(&self) {
        let before = self.changed_to(true);
        if before != Some(true) {
            metrics::gauge!(CONNECTED).set(1);
        }
        if before == Some(false) {
            tracing::info!("the bus is back: Redis answers");
        }
    }

    pub(super) fn lost(&self, cause: &RedisError) {
        let before = self.changed_to(false);
        if before == Some(false) {
            return;
        }
        metrics::gauge!(CONNECTED).set(0);
        if before == Some(true) {
            metrics::counter!(INTERRUPTIONS).increment(1);
        }
        tracing::warn!(%cause, "the bus is interrupted: sockets read the store until Redis is back");
    }

    fn changed_to(&self, connected: bool) -> Option<bool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(connected)
    }
}
