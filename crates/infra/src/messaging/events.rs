//! The events of messaging, as they travel between nodes.
use crate::bus::EventCodec;
use domain::{
    messaging::{ClientId, Message, MessageSent, PeerArrived, PeerLeft, Room, Seq},
    shared::{AccountId, Timestamp},
};
use serde::{Deserialize, Serialize};

pub fn event_codecs() -> [EventCodec; 3] {
    [
        EventCodec::new(
            MessageSent::KIND,
            |MessageSent(message)| MessageJson::from(message.clone()),
            |json: MessageJson| json.read().map(MessageSent),
        ),
        EventCodec::new(
            PeerArrived::KIND,
            |PeerArrived(who)| who.get(),
            |who: i64| Some(PeerArrived(AccountId::new(who))),
        ),
        EventCodec::new(
            PeerLeft::KIND,
            |PeerLeft(who)| who.get(),
            |who: i64| Some(PeerLeft(AccountId::new(who))),
        ),
    ]
}

#[derive(Serialize, Deserialize)]
struct MessageJson {
    low: i64,
    high: i64,
    seq: i64,
    /// Named as nodes of older versions know it.
    #[serde(rename = "desk_seq")]
    inbox_seq: Option<i64>,
    sender: i64,
    from_staff: bool,
    text: String,
    client_id: Option<String>,
    at: i64,
}

impl From<Message> for MessageJson {
    fn from(m: Message) -> Self {
        Self {
            low: m.room.low().get(),
            high: m.room.high().get(),
            seq: m.seq.get(),
            inbox_seq: m.inbox_seq.map(Seq::get),
            sender: m.sender.get(),
            from_staff: m.from_staff,
            text: m.text,
            client_id: m.client_id.map(|id| id.as_str().to_owned()),
            at: m.at.timestamp_micros(),
        }
    }
}

impl MessageJson {
    fn read(self) -> Option<Message> {
        Some(Message {
            room: Room::of(AccountId::new(self.low), AccountId::new(self.high)),
            seq: Seq::new(self.seq),
            inbox_seq: self.inbox_seq.map(Seq::new),
            sender: AccountId::new(self.sender),
            from_staff: self.from_staff,
            text: self.text,
            client_id: self.client_id.map(|raw| ClientId::parse(&raw)).transpose().ok()?,
            at: Timestamp::from_timestamp_micros(self.at)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::EventCodecs;
    use domain::events::{Event, EventBody};

    /// How the event is written.
    fn arrives<E: EventBody + Clone + PartialEq>(sent: &E) -> String {
        let (json, read) = EventCodecs::new(event_codecs()).there_and_back(&Event::new(sent.clone()));
        assert_eq!(read.unwrap().downcast_ref(), Some(sent));
        json
    }

    #[test]
    fn every_event_arrives_as_it_was_sent_in_the_words_of_the_first_version() {
        let [one, two] = [1, 2].map(AccountId::new);
        let sent = MessageSent(Message {
            room: Room::of(two, one),
            seq: Seq::new(3),
            inbox_seq: None,
            sender: two,
            from_staff: false,
            text: "боль \"тут\"\n".into(),
            client_id: ClientId::parse("c-1").ok(),
            at: Timestamp::from_timestamp_micros(1_753_084_800_123_456).unwrap(),
        });
        let answered = MessageSent(Message {
            room: Room::support(one),
            inbox_seq: Some(Seq::new(9)),
            from_staff: true,
            client_id: None,
            ..sent.0.clone()
        });
        let json = r#"{"said":{"low":1,"high":2,"seq":3,"desk_seq":null,"sender":2,"from_staff":false,"#;
        let rest = r#""text":"боль \"тут\"\n","client_id":"c-1","at":1753084800123456}}"#;
        assert_eq!(arrives(&sent), format!("{json}{rest}"));
        arrives(&answered);
        assert_eq!(arrives(&PeerArrived(one)), r#"{"arrived":1}"#);
        assert_eq!(arrives(&PeerLeft(two)), r#"{"left":2}"#);
    }
}
