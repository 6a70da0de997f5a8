//! The frames of the support chat: events, each with the user's id as text, twice. Keys that the old
//! server did not have come after its own.
use crate::channels::{FrameCodec, IncomingMessage, Refused, incoming_message, iso, json};
use domain::{
    crisis::StaffAlert,
    messaging::{Message, PeerRef},
    shared::AccountId,
};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct ChatMessage<'a> {
    event: &'static str,
    message: &'a str,
    identifier: String,
    user_id: String,
    from_admin: bool,
    /// The message's number in the room.
    id: i64,
    /// Its number in the inbox: the staff continue after this one.
    #[serde(rename = "desk_id", skip_serializing_if = "Option::is_none")]
    inbox_id: Option<i64>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Presence {
    event: &'static str,
    identifier: String,
    user_id: String,
}

#[derive(Serialize)]
struct Alert {
    event: &'static str,
    identifier: String,
    user_id: String,
    alarm_id: i64,
    reason: &'static str,
}

fn chat_message(message: &Message, in_inbox: bool) -> String {
    let user = message.room.low().to_string();
    // The staff's old clients show every `chat_message` as what the user said, and ignore events that they do not know.
    let is_answer = in_inbox && message.from_staff;
    json(&ChatMessage {
        event: if is_answer { "admin_message" } else { "chat_message" },
        message: &message.text,
        identifier: user.clone(),
        user_id: user,
        from_admin: message.from_staff,
        id: message.seq.get(),
        inbox_id: message.inbox_seq.filter(|_| in_inbox).map(|seq| seq.get()),
        timestamp: iso(&message.at),
        client_id: message.client_id.as_ref().map(|id| id.as_str()),
    })
}

/// In a support room: one's own, or one that a member of the staff follows by itself.
pub(crate) struct SupportRoomFrames;

impl FrameCodec for SupportRoomFrames {
    fn encode(&self, message: &Message) -> String {
        chat_message(message, false)
    }
    /// An empty text is no message here.
    fn decode(&self, frame: &str) -> Result<Option<IncomingMessage>, Refused> {
        Ok(incoming_message(frame, |_| Some(None))?.filter(|said| !said.text.is_empty()))
    }
    fn presence(&self, _who: AccountId, _here: bool) -> Option<String> {
        None
    }
}

/// Where the staff answer.
pub(crate) struct SupportInboxFrames;

impl FrameCodec for SupportInboxFrames {
    fn encode(&self, message: &Message) -> String {
        chat_message(message, true)
    }
    /// A frame that says for nobody is ignored; `user_id` is text or a number.
    fn decode(&self, frame: &str) -> Result<Option<IncomingMessage>, Refused> {
        let whom = |object: &serde_json::Map<String, Value>| match object.get("user_id") {
            Some(Value::String(raw)) => match PeerRef::parse(raw.trim()) {
                PeerRef::Id(id) => Some(Some(id)),
                PeerRef::Named(_) | PeerRef::Nobody => None,
            },
            Some(Value::Number(number)) => number.as_i64().map(|id| Some(AccountId::new(id))),
            _ => None,
        };
        Ok(incoming_message(frame, whom)?.filter(|said| !said.text.is_empty()))
    }
    fn presence(&self, who: AccountId, here: bool) -> Option<String> {
        let event = if here { "user_connected" } else { "user_disconnected" };
        Some(json(&Presence { event, identifier: who.to_string(), user_id: who.to_string() }))
    }
    fn alert(&self, alert: &StaffAlert) -> Option<String> {
        let user = alert.user.to_string();
        Some(json(&Alert {
            event: "alarm",
            identifier: user.clone(),
            user_id: user,
            alarm_id: alert.alarm.get(),
            reason: alert.reason.as_str(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::crisis::{AlarmId, StaffAlertReason};
    use domain::{
        messaging::{Room, Seq},
        shared::Timestamp,
    };

    #[test]
    fn in_the_inbox_an_answer_is_no_chat_message_and_all_else_is_the_same() {
        let sent = |from_staff| Message {
            room: Room::support(AccountId::new(7)),
            seq: Seq::new(3),
            inbox_seq: Some(Seq::new(9)),
            sender: AccountId::new(7),
            from_staff,
            text: "help".into(),
            client_id: None,
            at: Timestamp::UNIX_EPOCH,
        };
        for (codec, from_staff, event, place) in [
            (&SupportRoomFrames as &dyn FrameCodec, false, "chat_message", r#""id":3"#),
            (&SupportRoomFrames, true, "chat_message", r#""id":3"#),
            (&SupportInboxFrames, false, "chat_message", r#""id":3,"desk_id":9"#),
            (&SupportInboxFrames, true, "admin_message", r#""id":3,"desk_id":9"#),
        ] {
            let people = r#""identifier":"7","user_id":"7""#;
            let at = r#""timestamp":"1970-01-01T00:00:00+00:00""#;
            let expected = format!(
                r#"{{"event":"{event}","message":"help",{people},"from_admin":{from_staff},{place},{at}}}"#
            );
            assert_eq!(codec.encode(&sent(from_staff)), expected);
        }
    }

    #[test]
    fn the_staff_say_for_whom_as_text_or_number_and_anything_else_is_ignored() {
        let whom = |frame: &str| {
            SupportInboxFrames.decode(frame).ok().flatten().and_then(|said| said.to).map(AccountId::get)
        };
        assert_eq!(whom(r#"{"message":"a","user_id":"7"}"#), Some(7));
        assert_eq!(whom(r#"{"message":"a","user_id":7}"#), Some(7));
        for user in ["\"\"", "\"sarah\"", "null", "[]", "1.5", "\"99999999999999999999\""] {
            assert_eq!(whom(&format!("{{\"message\":\"a\",\"user_id\":{user}}}")), None, "{user}");
        }
        assert_eq!(whom(r#"{"message":"a"}"#), None);
        assert_eq!(whom(r#"{"message":"","user_id":7}"#), None);
    }

    #[test]
    fn an_empty_text_is_no_message_in_a_support_room() {
        assert!(SupportRoomFrames.decode(r#"{"message":""}"#).ok().flatten().is_none());
        assert!(SupportRoomFrames.decode(r#"{"message":"help"}"#).ok().flatten().is_some());
    }

    #[test]
    fn an_alarm_is_told_to_the_inbox_and_to_no_room() {
        let alert = StaffAlert {
            alarm: AlarmId::new(3),
            user: AccountId::new(7),
            reason: StaffAlertReason::NotDelivered,
        };
        let frame = SupportInboxFrames.alert(&alert).unwrap_or_default();
        let expected =
            r#"{"event":"alarm","identifier":"7","user_id":"7","alarm_id":3,"reason":"not_delivered"}"#;
        assert_eq!(frame, expected);
        assert_eq!(SupportRoomFrames.alert(&alert), None);
    }

    #[test]
    fn presence_is_told_with_the_id_as_text_twice() {
        let frame = SupportInboxFrames.presence(AccountId::new(7), true).unwrap_or_default();
        assert_eq!(frame, r#"{"event":"user_connected","identifier":"7","user_id":"7"}"#);
    }
}
