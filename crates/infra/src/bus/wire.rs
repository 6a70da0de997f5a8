//! What travels between the nodes. All nodes of a house run one version, or two that follow each other: fields may be
//! added, and news that are not understood count as lost.
use crate::notifications::notices::{self, Arguments};
use domain::{
    messaging::{ClientId, Hint, Message, Room, Seq},
    notifications::{Notification, NotificationId},
    shared::{AccountId, Timestamp},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    /// Which node sent it. It has told its own listeners already.
    pub(super) from: u64,
    pub(super) news: News,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum News {
    /// The sender is there.
    Alive,
    /// The sender could not send some of its hints.
    Lost,
    Said(MessageWire),
    Rang(NotificationWire),
    Recounted(i64),
    Arrived(i64),
    Left(i64),
}

#[derive(Serialize, Deserialize)]
pub(super) struct MessageWire {
    low: i64,
    high: i64,
    seq: i64,
    desk_seq: Option<i64>,
    sender: i64,
    from_staff: bool,
    text: String,
    client_id: Option<String>,
    at: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct NotificationWire {
    id: i64,
    owner: i64,
    code: String,
    args: Arguments,
    is_read: bool,
    at: i64,
}

impl From<Hint> for News {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::Said(message) => Self::Said(message.into()),
            Hint::Rang(line) => Self::Rang(line.into()),
            Hint::Recounted(owner) => Self::Recounted(owner.get()),
            Hint::Arrived(who) => Self::Arrived(who.get()),
            Hint::Left(who) => Self::Left(who.get()),
        }
    }
}

impl News {
    /// `None` for what is no hint, or none that this version understands.
    pub(super) fn hint(self) -> Option<Hint> {
        Some(match self {
            Self::Alive | Self::Lost => return None,
            Self::Said(message) => Hint::Said(message.read()?),
            Self::Rang(line) => Hint::Rang(line.read()?),
            Self::Recounted(owner) => Hint::Recounted(AccountId::new(owner)),
            Self::Arrived(who) => Hint::Arrived(AccountId::new(who)),
            Self::Left(who) => Hint::Left(AccountId::new(who)),
        })
    }
}

impl From<Message> for MessageWire {
    fn from(m: Message) -> Self {
        Self {
            low: m.room.low().get(),
            high: m.room.high().get(),
            seq: m.seq.get(),
            desk_seq: m.desk_seq.map(Seq::get),
            sender: m.sender.get(),
            from_staff: m.from_staff,
            text: m.text,
            client_id: m.client_id.map(|id| id.as_str().to_owned()),
            at: m.at.timestamp_micros(),
        }
    }
}

impl MessageWire {
    fn read(self) -> Option<Message> {
        Some(Message {
            room: Room::of(AccountId::new(self.low), AccountId::new(self.high)),
            seq: Seq::new(self.seq),
            desk_seq: self.desk_seq.map(Seq::new),
            sender: AccountId::new(self.sender),
            from_staff: self.from_staff,
            text: self.text,
            client_id: self.client_id.map(|raw| ClientId::parse(&raw)).transpose().ok()?,
            at: Timestamp::from_timestamp_micros(self.at)?,
        })
    }
}

impl From<Notification> for NotificationWire {
    fn from(line: Notification) -> Self {
        Self {
            id: line.id.get(),
            owner: line.owner.get(),
            code: line.notice.code().as_str().to_owned(),
            args: notices::arguments(&line.notice),
            is_read: line.is_read,
            at: line.created_at.timestamp_micros(),
        }
    }
}

impl NotificationWire {
    fn read(self) -> Option<Notification> {
        Some(Notification {
            id: NotificationId::new(self.id),
            owner: AccountId::new(self.owner),
            notice: notices::notice(&self.code, self.args)?,
            is_read: self.is_read,
            created_at: Timestamp::from_timestamp_micros(self.at)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::notifications::Notice;

    #[test]
    fn every_hint_arrives_as_it_was_sent() {
        let at = Timestamp::from_timestamp_micros(1_753_084_800_123_456).unwrap();
        let [one, two] = [1, 2].map(AccountId::new);
        let said = Message {
            room: Room::of(two, one),
            seq: Seq::new(3),
            desk_seq: None,
            sender: two,
            from_staff: false,
            text: "боль \"тут\"\n".into(),
            client_id: ClientId::parse("c-1").ok(),
            at,
        };
        let answered = Message {
            room: Room::support(one),
            desk_seq: Some(Seq::new(9)),
            from_staff: true,
            client_id: None,
            ..said.clone()
        };
        let rang = Notification {
            id: NotificationId::new(5),
            owner: one,
            notice: Notice::LinkAccepted { doctor: "Григорий \"House\"".into() },
            is_read: false,
            created_at: at,
        };
        for hint in [
            Hint::Said(said),
            Hint::Said(answered),
            Hint::Rang(rang),
            Hint::Recounted(one),
            Hint::Arrived(one),
            Hint::Left(two),
        ] {
            let json = serde_json::to_vec(&Envelope { from: 7, news: hint.clone().into() }).unwrap();
            let read: Envelope = serde_json::from_slice(&json).unwrap();
            assert_eq!((read.from, read.news.hint()), (7, Some(hint)));
        }
    }

    #[test]
    fn news_of_a_later_version_are_no_hint_and_no_failure() {
        assert!(serde_json::from_str::<Envelope>(r#"{"from":1,"news":{"sang":5}}"#).is_err());
        let json = r#"{"from":1,"news":{"recounted":5},"hurry":true}"#;
        assert!(serde_json::from_str::<Envelope>(json).unwrap().news.hint().is_some());
    }
}
