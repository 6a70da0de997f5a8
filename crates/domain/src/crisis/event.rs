//! What alarms tell after a commit.
use super::AlarmId;
use crate::{
    events::{EventBody, Topic, TopicAt},
    messaging::Stream,
    shared::AccountId,
};

/// One alarm, as something to follow.
pub fn topic_of(alarm: AlarmId) -> Topic {
    Topic::new("alarm", [alarm.get(), 0])
}

/// An alarm was raised, or something became known of one of its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmChanged(pub AlarmId);

impl AlarmChanged {
    pub const KIND: &str = "alarm_changed";
}

impl EventBody for AlarmChanged {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![TopicAt::unnumbered(topic_of(self.0))]
    }
    fn is_confidential(&self) -> bool {
        false
    }
}

/// What the staff should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffAlertReason {
    /// Nobody was written to: the user has chosen no scenario.
    NoScenario,
    /// A letter was refused, or not accepted for two minutes.
    NotDelivered,
    /// Nobody has answered in time.
    Unanswered,
}

impl StaffAlertReason {
    pub const ALL: [Self; 3] = [Self::NoScenario, Self::NotDelivered, Self::Unanswered];

    /// As it travels between nodes, and to the staff.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoScenario => "no_scenario",
            Self::NotDelivered => "not_delivered",
            Self::Unanswered => "unanswered",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// Somebody needs help, and may not get it: for the staff who have the support inbox open. The others find a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffAlert {
    pub alarm: AlarmId,
    pub user: AccountId,
    pub reason: StaffAlertReason,
}

impl StaffAlert {
    pub const KIND: &str = "staff_alert";
}

impl EventBody for StaffAlert {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![TopicAt::unnumbered(Stream::SupportInbox.topic())]
    }
    fn is_confidential(&self) -> bool {
        true
    }
}
