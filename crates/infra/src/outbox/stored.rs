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
            let LetterJson { to, subject, text, html } = serde_json::from_str(stored).ok()?;
            Some(Message::Letter(Letter { to: Email::parse(&to).ok()?, subject, text, html }))
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
}

impl From<&Letter> for LetterJson {
    fn from(letter: &Letter) -> Self {
        Self {
            to: letter.to.as_str().to_owned(),
            subject: letter.subject.clone(),
            text: letter.text.clone(),
            html: letter.html.clone(),
        }
    }
}
