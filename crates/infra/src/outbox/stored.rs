//! What a message is stored as, sealed.
use diesel::{QueryResult, result::Error::SerializationError};
use domain::{
    identity::Email,
    outbox::{Channel, Letter, Message, WebhookBody},
};
use serde::{Deserialize, Serialize};

pub(super) fn stored(message: &Message) -> QueryResult<String> {
    match message {
        Message::Letter(letter) => {
            serde_json::to_string(&LetterJson::from(letter)).map_err(|e| SerializationError(e.into()))
        }
        Message::Webhook(WebhookBody(json)) => Ok(json.clone()),
    }
}

pub(crate) fn read_stored(channel: Channel, stored: &str) -> Option<Message> {
    match channel {
        Channel::Email => {
            let LetterJson { to, subject, text, html, unsubscribe } = serde_json::from_str(stored).ok()?;
            let to = Email::parse(&to).ok()?;
            Some(Message::Letter(Letter { to, subject, text, html, unsubscribe }))
        }
        Channel::Webhook => Some(Message::Webhook(WebhookBody(stored.to_owned()))),
    }
}

#[derive(Serialize, Deserialize)]
struct LetterJson {
    to: String,
    subject: String,
    text: String,
    html: String,
    /// Letters of an older version have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsubscribe: Option<String>,
}

impl From<&Letter> for LetterJson {
    fn from(letter: &Letter) -> Self {
        Self {
            to: letter.to.as_str().to_owned(),
            subject: letter.subject.clone(),
            text: letter.text.clone(),
            html: letter.html.clone(),
            unsubscribe: letter.unsubscribe.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_back_and_so_is_one_of_an_older_version() {
        for unsubscribe in [None, Some("https://care.example.com/unsubscribe/0".to_owned())] {
            let to = Email::parse("sarah@example.com").unwrap();
            let letter = Letter { to, subject: "s".into(), text: "t".into(), html: "h".into(), unsubscribe };
            let message = Message::Letter(letter);
            assert_eq!(read_stored(Channel::Email, &stored(&message).unwrap()), Some(message));
        }
        let older = r#"{"to":"sarah@example.com","subject":"s","text":"t","html":"h"}"#;
        let read = read_stored(Channel::Email, older).unwrap();
        assert_eq!(read.letter().unwrap().unsubscribe, None);
    }
}
