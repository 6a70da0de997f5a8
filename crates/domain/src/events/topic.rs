//! What a subscriber follows.
use super::Seq;

/// The key of what is followed: one conversation, one account's notifications. A module makes its own topics, and is the only
/// one that reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic {
    kind: &'static str,
    key: [i64; 2],
}

impl Topic {
    /// `kind` must not be another module's; a topic that needs less than two numbers leaves the others 0.
    pub const fn new(kind: &'static str, key: [i64; 2]) -> Self {
        Self { kind, key }
    }
    /// The numbers, if the topic is of this kind.
    pub fn key_of(self, kind: &str) -> Option<[i64; 2]> {
        (self.kind == kind).then_some(self.key)
    }
}

/// A topic that an event concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicAt {
    pub topic: Topic,
    /// The event's number there, where what is followed is numbered.
    pub seq: Option<Seq>,
}

impl TopicAt {
    pub const fn numbered(topic: Topic, seq: Seq) -> Self {
        Self { topic, seq: Some(seq) }
    }
    pub const fn unnumbered(topic: Topic) -> Self {
        Self { topic, seq: None }
    }
}
