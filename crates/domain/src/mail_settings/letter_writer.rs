//! The port that words a digest.
use crate::{identity::Email, notifications::Notice, outbox::Letter};

/// What a digest tells.
#[derive(Debug, Clone, Copy)]
pub struct DigestFacts<'a> {
    pub username: &'a str,
    pub unread: u64,
    /// The newest of them.
    pub notices: &'a [Notice],
    /// Where its reader says that they want no more of them.
    pub unsubscribe: &'a str,
}

/// In the operator's language.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait DigestLetterWriter: Send + Sync {
    /// MUST say in the letter's head where one unsubscribes, too.
    fn digest<'a>(&self, facts: &DigestFacts<'a>, to: Email) -> Letter;
}
