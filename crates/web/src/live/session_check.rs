//! Closes the sockets whose session has ended, or may no longer follow what it follows
//! (`docs/decisions/0012-who-may-stay.md`).
use super::{Live, check::Check};
use crate::http::Refusal;
use actix_web::web::Data;
use std::time::{Duration, Instant};

/// Without a check for so long, it is unknown who may stay.
const UNKNOWN_AFTER: Duration = Duration::from_secs(1);
/// Sessions in one query.
const AT_ONCE: usize = 500;

pub(super) struct SessionCheck {
    live: Data<Live>,
    access_epoch: Option<i64>,
    checked_at: Instant,
}

impl SessionCheck {
    pub(super) fn new(live: Data<Live>) -> Self {
        Self { live, access_epoch: None, checked_at: Instant::now() }
    }

    fn check(&mut self) -> Result<(), Refusal> {
        let Live { hub, identity, .. } = &**self.live;
        if hub.is_empty() {
            return Ok(());
        }
        // Read before the sessions are: a change that comes later moves it again.
        let epoch = identity.access_epoch()?;
        let moved = self.access_epoch != Some(epoch);
        for some in hub.sessions(moved).chunks(AT_ONCE) {
            hub.evict(some, &identity.rights(some)?);
        }
        self.access_epoch = Some(epoch);
        Ok(())
    }
}

impl Check for SessionCheck {
    fn run(&mut self) -> Result<(), Refusal> {
        let checked = self.check();
        if checked.is_ok() {
            self.checked_at = Instant::now();
        }
        self.live.hub.set_auth_unknown(self.checked_at.elapsed() > UNKNOWN_AFTER);
        checked
    }
}
