//! The event bus of this node.
use crate::config::Config;
use domain::{events::ports::EventBus, shared::StoreError};
use infra::{
    bus::{EventCodecs, InProcessBus, RedisBus},
    crisis, messaging, notifications, password_reset,
    store::Location,
};
use std::sync::Arc;

/// Over Redis where there may be several nodes. On PostgreSQL without it other nodes may write unheard.
///
/// # Errors
/// When Redis cannot be used.
pub(crate) fn bus(
    config: &Config,
    installation: &str,
    secret: &[u8],
) -> Result<Arc<dyn EventBus>, StoreError> {
    let codecs = messaging::event_codecs().into_iter().chain(notifications::event_codecs());
    let codecs = codecs.chain(crisis::event_codecs()).chain(password_reset::event_codecs());
    Ok(match (&config.redis_url, &config.database) {
        (Some(url), _) => Arc::new(RedisBus::open(url, installation, secret, EventCodecs::new(codecs))?),
        (None, Location::Sqlite(_)) => Arc::new(InProcessBus::alone()),
        (None, Location::Postgres(_)) => Arc::new(InProcessBus::among_others()),
    })
}
