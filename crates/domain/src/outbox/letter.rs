//! What is sent.
use super::Channel;
use crate::identity::Email;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// To a mail server.
    Letter(Letter),
    /// To the operator's webhook.
    Webhook(WebhookBody),
}

impl Message {
    pub fn channel(&self) -> Channel {
        match self {
            Self::Letter(_) => Channel::Email,
            Self::Webhook(_) => Channel::Webhook,
        }
    }
    pub fn letter(&self) -> Option<&Letter> {
        match self {
            Self::Letter(letter) => Some(letter),
            Self::Webhook(_) => None,
        }
    }
}

/// Written when it is stored, and never again: each try sends the same letter. Its texts are not secret to its reader, and to
/// nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    pub to: Email,
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The link by which its reader gets no more of this kind: of letters that nobody asks for each time.
    pub unsubscribe: Option<String>,
}

/// Who, where and why is for its reader: not for a log.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter")
    }
}

/// A JSON object, as it is signed and sent.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookBody(pub String);

/// As a letter's.
impl std::fmt::Debug for WebhookBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookBody")
    }
}
