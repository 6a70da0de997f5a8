//! What alarms tell after a commit.
use super::AlarmId;
use crate::events::{EventBody, Topic, TopicAt};

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
