//! Reading and writing frames: what all families do alike.
use chrono::SecondsFormat;
use domain::{
    messaging::{ClientId, MessagingError, Text},
    shared::{AccountId, FieldError, Timestamp},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// A message that a client wants to be stored.
pub(crate) struct IncomingMessage {
    /// In the support inbox: for whom.
    pub to: Option<AccountId>,
    pub text: Text,
    pub client_id: Option<ClientId>,
}

/// Why something was not stored.
pub(crate) struct Refused {
    pub why: String,
    /// As far as it can be told which message it was.
    pub client_id: Option<String>,
}

impl Refused {
    /// The same for all families, which had no such frame.
    pub(super) fn frame(&self) -> String {
        let mut frame = serde_json::json!({ "error": self.why });
        if let Some(client_id) = &self.client_id {
            frame["client_id"] = client_id.as_str().into();
        }
        frame.to_string()
    }
}

/// The frame for a refusal that looks no further into what the client sent than for its name.
pub(super) fn refusal(why: &str, text: Option<&str>) -> String {
    Refused { why: why.to_owned(), client_id: text.and_then(client_id) }.frame()
}

/// Plain texts and numbers: there is nothing in a frame that cannot be written.
pub(crate) fn json(frame: &impl Serialize) -> String {
    sonic_rs::to_string(frame).unwrap_or_default()
}

/// As Python's `isoformat` writes an instant in UTC: six digits of a second, or none when they are all zero.
pub(crate) fn iso(at: &Timestamp) -> String {
    let digits = if at.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    at.to_rfc3339_opts(digits, false)
}

/// `{"message": text, "client_id"?: text}`. Whatever is no such object is ignored, as the contracts say: broken JSON, a
/// list, no message, a message that is no text. `whom` reads for whom it is, and ignores the frame by `None`.
///
/// # Errors
/// A message that cannot be stored, so that its sender does not wait for it.
pub(crate) fn incoming_message(
    frame: &str,
    whom: impl FnOnce(&Map<String, Value>) -> Option<Option<AccountId>>,
) -> Result<Option<IncomingMessage>, Refused> {
    let Ok(Value::Object(object)) = serde_json::from_str(frame) else { return Ok(None) };
    let Some(Value::String(raw)) = object.get("message") else { return Ok(None) };
    let Some(to) = whom(&object) else { return Ok(None) };
    let named = object.get("client_id").filter(|value| !value.is_null());
    let refused = |why: MessagingError| Refused { why: why.to_string(), client_id: name(named) };
    let client_id =
        named.map(|value| ClientId::parse(value.as_str().ok_or(FieldError::NotText)?)).transpose();
    let client_id = client_id.map_err(|why| refused(MessagingError::ClientId(why)))?;
    let text = Text::parse(raw).map_err(|why| refused(MessagingError::Text(why)))?;
    Ok(Some(IncomingMessage { to, text, client_id }))
}

/// What the client calls the message in this frame.
fn client_id(frame: &str) -> Option<String> {
    let Ok(Value::Object(object)) = serde_json::from_str(frame) else { return None };
    name(object.get("client_id"))
}

fn name(named: Option<&Value>) -> Option<String> {
    named.and_then(Value::as_str).filter(|id| id.chars().count() <= ClientId::MAX).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text or a reason, and the client's name for the message.
    type Named = (String, Option<String>);

    fn heard(frame: &str) -> Result<Option<Named>, Named> {
        match incoming_message(frame, |_| Some(None)) {
            Ok(said) => {
                Ok(said.map(|u| (u.text.as_str().to_owned(), u.client_id.map(|id| id.as_str().to_owned()))))
            }
            Err(refused) => Err((refused.why, refused.client_id)),
        }
    }

    #[test]
    fn what_is_no_message_is_ignored() {
        for frame in [
            "",
            "hello",
            "{",
            "null",
            "[]",
            "[\"message\"]",
            "{}",
            "{\"message\":null}",
            "{\"message\":5}",
            "{\"message\":{\"message\":\"x\"}}",
            "{\"Message\":\"x\"}",
        ] {
            assert_eq!(heard(frame), Ok(None), "{frame}");
        }
    }

    #[test]
    fn a_message_is_taken_as_it_is_with_the_name_that_its_client_gave_it() {
        assert_eq!(heard(r#"{"message":"","user":9}"#), Ok(Some((String::new(), None))));
        assert_eq!(heard(r#"{"message":" a ","client_id":null}"#), Ok(Some((" a ".into(), None))));
        let said = Ok(Some(("a".into(), Some("c-1".into()))));
        assert_eq!(heard(r#"{"message":"a","client_id":"c-1"}"#), said);
    }

    #[test]
    fn a_message_that_cannot_be_stored_is_refused_by_its_name() {
        let (why, client_id) = heard(r#"{"message":"a\u0000","client_id":"c-1"}"#).unwrap_err();
        assert!(why.contains("Null") || why.contains("null") || why.contains("NUL"), "{why}");
        assert_eq!(client_id.as_deref(), Some("c-1"));
        for id in ["5", "\"\"", "[]", &format!("\"{}\"", "x".repeat(65))] {
            assert!(heard(&format!("{{\"message\":\"a\",\"client_id\":{id}}}")).is_err(), "{id}");
        }
    }

    #[test]
    fn an_instant_is_written_as_python_does() {
        for (at, written) in [
            ("2025-07-21T15:07:05.470890Z", "2025-07-21T15:07:05.470890+00:00"),
            ("2025-07-21T15:07:05Z", "2025-07-21T15:07:05+00:00"),
        ] {
            assert_eq!(iso(&at.parse().unwrap()), written);
        }
    }
}
