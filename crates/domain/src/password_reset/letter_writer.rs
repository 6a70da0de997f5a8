//! The port that words the letters.
use crate::{identity::Email, outbox::Letter};

/// In the operator's language.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ResetLetterWriter: Send + Sync {
    /// With the link that gives the account a new password.
    fn link(&self, username: &str, url: &str, to: Email) -> Letter;
    /// That the account has one.
    fn changed(&self, username: &str, to: Email) -> Letter;
}
