//! What messaging tells after a commit.
use super::{Message, Stream};
use crate::{
    events::{EventBody, TopicAt},
    shared::AccountId,
};

// The words of `KIND` are those of the first version, which told the same of fewer kinds.

/// A message is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSent(pub Message);

impl MessageSent {
    pub const KIND: &str = "said";
}

impl EventBody for MessageSent {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        let Message { room, seq, inbox_seq, .. } = self.0;
        let in_room = TopicAt::numbered(Stream::Room(room).topic(), seq);
        let in_inbox = inbox_seq.map(|seq| TopicAt::numbered(Stream::SupportInbox.topic(), seq));
        [in_room].into_iter().chain(in_inbox).collect()
    }
    fn is_confidential(&self) -> bool {
        true
    }
}

/// A socket into this person's own support room was opened. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerArrived(pub AccountId);

impl PeerArrived {
    pub const KIND: &str = "arrived";
}

impl EventBody for PeerArrived {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![TopicAt::unnumbered(Stream::SupportInbox.topic())]
    }
    fn is_confidential(&self) -> bool {
        false
    }
}

/// It was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerLeft(pub AccountId);

impl PeerLeft {
    pub const KIND: &str = "left";
}

impl EventBody for PeerLeft {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![TopicAt::unnumbered(Stream::SupportInbox.topic())]
    }
    fn is_confidential(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{events::Seq, messaging::Room, shared::Timestamp};

    #[test]
    fn a_message_concerns_its_conversation_and_a_support_message_the_inbox_too() {
        let [one, two] = [1, 2].map(AccountId::new);
        let message = |room, inbox_seq| {
            MessageSent(Message {
                room,
                seq: Seq::new(3),
                inbox_seq,
                sender: one,
                from_staff: false,
                text: String::new(),
                client_id: None,
                at: Timestamp::UNIX_EPOCH,
            })
        };
        let at = |stream: Stream, seq| TopicAt::numbered(stream.topic(), Seq::new(seq));
        let (pair, support) = (Room::of(one, two), Room::support(one));
        assert_eq!(message(pair, None).topics(), [at(Stream::Room(pair), 3)]);
        let support = (message(support, Some(Seq::new(9))).topics(), Stream::Room(support));
        assert_eq!(support.0, [at(support.1, 3), at(Stream::SupportInbox, 9)]);
    }
}
