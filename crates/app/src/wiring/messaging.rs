//! Conversations, notifications, and the sockets that both are sent over.
use super::base::Base;
use domain::{identity::IdentityService, messaging::MessagingService, notifications::NotificationService};
use infra::{
    messaging::{DieselMessageRepository, DieselPeerDirectory},
    notifications::DieselNotificationRepository,
};
use std::sync::Arc;
use web::{
    channels::{ChatSource, NotificationSource},
    live::{Hub, Live},
};

pub(crate) fn notifications(base: &Base<'_>) -> NotificationService {
    NotificationService { notifications: Arc::new(DieselNotificationRepository(base.store.clone())) }
}

pub(crate) fn messaging(base: &Base<'_>) -> MessagingService {
    MessagingService {
        messages: Arc::new(DieselMessageRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
        }),
        directory: Arc::new(DieselPeerDirectory(base.store.clone())),
        bus: base.bus.clone(),
        clock: base.clock.clone(),
    }
}

pub(crate) fn live(
    base: &Base<'_>,
    identity: Arc<IdentityService>,
    messaging: Arc<MessagingService>,
    notifications: Arc<NotificationService>,
) -> Live {
    let hub = Arc::new(Hub::default());
    base.bus.subscribe(hub.clone());
    Live {
        hub,
        bus: base.bus.clone(),
        identity,
        sources: vec![Box::new(ChatSource(messaging)), Box::new(NotificationSource(notifications))],
        origins: base.config.cors_origins.iter().chain(&base.config.public_url).cloned().collect(),
        limits: base.config.sockets,
    }
}
