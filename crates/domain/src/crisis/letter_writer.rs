//! The port that words an alarm's letters.
use crate::{identity::Email, outbox::Letter, shared::Timestamp};

/// What a letter tells.
#[derive(Debug, Clone, Copy)]
pub struct AlarmFacts<'a> {
    pub username: &'a str,
    /// Blank where the user gave none, like their number and their location.
    pub full_name: &'a str,
    pub phone_number: &'a str,
    pub location: &'a str,
    pub at: Timestamp,
}

/// In the operator's language.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait LetterWriter: Send + Sync {
    /// `name` is the recipient's.
    fn to_contact<'a>(&self, facts: &AlarmFacts<'a>, name: &str, to: Email) -> Letter;
    fn to_therapist<'a>(&self, facts: &AlarmFacts<'a>, name: &str, to: Email) -> Letter;
}
