//! Which messages wait for each other.
use domain::outbox::{Channel, RetrySchedule};

/// Which messages wait for each other. Others neither hold them up nor use their connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(super) name: &'static str,
    pub(super) channel: Channel,
    pub(super) schedule: RetrySchedule,
}

impl Queue {
    const ALARM: &str = "alarm";
    pub(crate) const ALARM_LETTERS: Self =
        Self { name: Self::ALARM, channel: Channel::Email, schedule: RetrySchedule::Alarm };
    pub(crate) const ALARM_WEBHOOKS: Self = Self { channel: Channel::Webhook, ..Self::ALARM_LETTERS };
    pub(crate) const LETTERS: Self =
        Self { name: "mail", channel: Channel::Email, schedule: RetrySchedule::Ordinary };

    pub(crate) fn of_alarms(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::ALARM_LETTERS,
            Channel::Webhook => Self::ALARM_WEBHOOKS,
        }
    }
}
