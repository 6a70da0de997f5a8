//! The frames of this family's sockets: `{"message", "sender"}` in a conversation, one notification in each frame of the
//! notifications. Keys that the old servers did not have come after theirs.
use super::notices::sentence;
use crate::channels::{
    FrameCodec, IncomingMessage, NotificationFrames, Refused, incoming_message, iso, json,
};
use crate::django::DjangoTime;
use domain::{
    identity::Person,
    messaging::{Message, Peer, PeerRef},
    notifications::{Notice, Notification},
    shared::AccountId,
};
use serde::{Serialize, Serializer};

/// How a client names people: as it named the one it talks to.
pub(crate) enum Names {
    Ids,
    /// Of the two who talk.
    Usernames([(AccountId, String); 2]),
}

impl Names {
    pub(crate) fn of(who: &PeerRef, me: &Person, peer: &Peer) -> Self {
        let name = |person: &Person| (person.id, person.username.clone());
        match who {
            PeerRef::Named(_) => Self::Usernames([name(me), name(&peer.person)]),
            PeerRef::Id(_) | PeerRef::Nobody => Self::Ids,
        }
    }
    fn sender(&self, id: AccountId) -> Sender<'_> {
        match self {
            Self::Ids => Sender::Id(id.get()),
            Self::Usernames(two) => two
                .iter()
                .find(|(known, _)| *known == id)
                .map_or(Sender::Id(id.get()), |(_, name)| Sender::Name(name)),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Sender<'a> {
    Id(i64),
    Name(&'a str),
}

#[derive(Serialize)]
struct MessageFrame<'a> {
    message: &'a str,
    sender: Sender<'a>,
    timestamp: String,
    /// The message's number in the conversation.
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
}

impl FrameCodec for Names {
    fn encode(&self, message: &Message) -> String {
        json(&MessageFrame {
            message: &message.text,
            sender: self.sender(message.sender),
            timestamp: iso(&message.at),
            id: message.seq.get(),
            client_id: message.client_id.as_ref().map(|id| id.as_str()),
        })
    }
    /// An empty text is a message here.
    fn decode(&self, frame: &str) -> Result<Option<IncomingMessage>, Refused> {
        incoming_message(frame, |_| Some(None))
    }
    fn presence(&self, _who: AccountId, _here: bool) -> Option<String> {
        None
    }
}

fn worded<S: Serializer>(notice: &&Notice, serializer: S) -> Result<S::Ok, S::Error> {
    sentence(notice, serializer)
}

#[derive(Serialize)]
struct NotificationFrame<'a> {
    id: i64,
    #[serde(serialize_with = "worded")]
    message: &'a Notice,
    is_read: bool,
    created_at: DjangoTime,
    unread_count: u64,
}

#[derive(Serialize)]
struct UnreadFrame {
    event: &'static str,
    unread_count: u64,
}

pub(crate) const NOTIFICATIONS: NotificationFrames = NotificationFrames {
    created: |line: &Notification, unread_count| {
        json(&NotificationFrame {
            id: line.id.get(),
            message: &line.notice,
            is_read: line.is_read,
            created_at: DjangoTime(line.created_at),
            unread_count,
        })
    },
    unread: |unread_count| json(&UnreadFrame { event: "unread_count", unread_count }),
};
