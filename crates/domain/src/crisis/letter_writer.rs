//! The port that words what is sent.
use super::Recipient;
use crate::{
    identity::Email,
    outbox::{Letter, WebhookBody},
    shared::Timestamp,
};

/// What an alarm's message tells.
#[derive(Debug, Clone, Copy)]
pub struct AlarmFacts<'a> {
    pub username: &'a str,
    /// Blank where the user gave none, like their number and their location.
    pub full_name: &'a str,
    pub phone_number: &'a str,
    pub location: &'a str,
    /// When the button was pressed.
    pub at: Timestamp,
    /// How often it was sent before, while nobody answered.
    pub round: u32,
}

/// Addresses of pages; `None` where the server does not know its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterLinks {
    pub answer: Option<String>,
    /// Only for somebody who has not agreed yet.
    pub consent: Option<String>,
}

/// In the operator's language.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait LetterWriter: Send + Sync {
    fn letter<'a>(&self, facts: &AlarmFacts<'a>, to: &Recipient, email: Email, links: &LetterLinks)
    -> Letter;
    fn webhook<'a, 'b>(&self, facts: &AlarmFacts<'a>, to: &Recipient, answer: Option<&'b str>)
    -> WebhookBody;
    /// To somebody who got [`letter`](Self::letter): the user is safe. `who` is the user, `name` the reader.
    fn safe_letter(&self, who: &str, name: &str, email: Email, at: Timestamp) -> Letter;
    /// The same after [`webhook`](Self::webhook) with this body; `None` if it is not one of those.
    fn safe_webhook(&self, alarm: &WebhookBody, at: Timestamp) -> Option<WebhookBody>;
    /// Asks the holder of an address whether alarms may be sent there.
    fn consent_letter(&self, who: &str, name: &str, email: Email, link: &str) -> Letter;
}
