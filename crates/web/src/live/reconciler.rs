//! Asks the store what the sockets of this process may have missed: after an interruption of the bus, and now and then.
use super::{Live, check::Check};
use crate::http::Refusal;
use actix_web::web::Data;
use std::time::{Duration, Instant};

/// Between two runs while some events may not arrive ...
const WHILE_BROKEN: Duration = Duration::from_millis(800);
/// ... and while all seem to: a node that was killed may have stored something and told nobody.
const WHILE_WHOLE: Duration = Duration::from_secs(5);

pub(super) struct Reconciler {
    live: Data<Live>,
    reconciled_at: Instant,
    /// A run is due, until it succeeds.
    due: bool,
}

impl Reconciler {
    pub(super) fn new(live: Data<Live>) -> Self {
        Self { live, reconciled_at: Instant::now(), due: true }
    }
}

impl Check for Reconciler {
    fn run(&mut self) -> Result<(), Refusal> {
        let Live { hub, bus, sources, .. } = &**self.live;
        let topics = hub.topics();
        if topics.is_empty() {
            return Ok(());
        }
        let every = if bus.is_whole() { WHILE_WHOLE } else { WHILE_BROKEN };
        self.due |= hub.was_interrupted() || self.reconciled_at.elapsed() >= every;
        if !self.due {
            return Ok(());
        }
        for source in sources {
            for (topic, event) in source.state_of(&topics)? {
                hub.tell(topic, &event);
            }
        }
        (self.due, self.reconciled_at) = (false, Instant::now());
        Ok(())
    }
}
