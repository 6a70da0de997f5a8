//! What notifications tell after a commit.
use super::Notification;
use crate::{
    events::{EventBody, Topic, TopicAt},
    shared::AccountId,
};

const TOPIC: &str = "notifications";

/// The notifications of one account, as something to follow.
pub fn topic_of(owner: AccountId) -> Topic {
    Topic::new(TOPIC, [owner.get(), 0])
}

/// Whose notifications are followed, if the topic is one of notifications.
pub fn owner_of(topic: Topic) -> Option<AccountId> {
    topic.key_of(TOPIC).map(|[owner, _]| AccountId::new(owner))
}

// The words of `KIND` are those of the first version.

/// A notification is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationCreated(pub Notification);

impl NotificationCreated {
    pub const KIND: &str = "rang";
}

impl EventBody for NotificationCreated {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![TopicAt::unnumbered(topic_of(self.0.owner))]
    }
    fn is_confidential(&self) -> bool {
        true
    }
}

/// This person read or deleted a notification of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadChanged(pub AccountId);

impl UnreadChanged {
    pub const KIND: &str = "recounted";
}

impl EventBody for UnreadChanged {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_knows_whose_notifications_it_is() {
        let owner = AccountId::new(7);
        assert_eq!(owner_of(topic_of(owner)), Some(owner));
        assert_eq!(owner_of(Topic::new("another module's", [7, 0])), None);
    }
}
