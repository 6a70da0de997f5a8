//! The dispatchers of this node: one for each queue, with connections of its own, so that no queue holds up another.
use super::base::Base;
use crate::{cannot_open::CannotOpen, dispatcher::Dispatcher};
use domain::outbox::{Channel, ports::DeliveryChannel};
use infra::{crisis::DieselAlarmQueue, mail::Mailer, outbox::DieselLetterQueue, webhook::Webhook};
use std::{num::NonZeroU32, sync::Arc};

/// To the mail server, for letters that are no alarm's.
const MAIL_CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// To the operator's webhook.
const WEBHOOK_CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

pub(crate) struct Dispatchers {
    pub all: Arc<[Arc<Dispatcher>]>,
    /// For the job that deletes old letters.
    pub letter_queue: DieselLetterQueue,
}

impl Dispatchers {
    /// # Errors
    /// [`CannotOpen`], when TLS or the mail folder cannot be used.
    pub(crate) fn open(base: &Base<'_>) -> Result<Self, CannotOpen> {
        let Base { config, store, data_keys, bus, clock, .. } = base;
        let of_alarms =
            |channel| DieselAlarmQueue { store: store.clone(), data_keys: data_keys.clone(), channel };
        let mailer = |connections: NonZeroU32| Mailer::open(&config.mail, connections.get());
        let alarms = |name, channel, to: Box<dyn DeliveryChannel>, connections| {
            let queue = Arc::new(of_alarms(channel));
            let dispatcher = Arc::new(Dispatcher::new(name, queue, to, connections, clock.clone()));
            bus.subscribe(dispatcher.subscriber());
            dispatcher
        };
        let connections = config.alarm_mail_connections;
        let letters = alarms("alarm", Channel::Email, Box::new(mailer(connections)?), connections);
        // Also without a webhook: what an earlier setting had stored must not be left without an end.
        let webhook = Box::new(Webhook::open(config.webhook.as_ref(), clock.clone())?);
        let calls = alarms("alarm_webhook", Channel::Webhook, webhook, WEBHOOK_CONNECTIONS);
        let letter_queue = DieselLetterQueue { store: store.clone(), data_keys: data_keys.clone() };
        let (queue, to) = (Arc::new(letter_queue.clone()), Box::new(mailer(MAIL_CONNECTIONS)?));
        let others = Arc::new(Dispatcher::new("mail", queue, to, MAIL_CONNECTIONS, clock.clone()));
        Ok(Self { all: [letters, calls, others].into(), letter_queue })
    }
}
