//! What a mail server is given.
use crate::identity::Email;

/// Written when it is stored, and never again: each try sends the same letter. Its texts are not secret to its reader, and to
/// nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    pub to: Email,
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Who, where and why is for its reader: not for a log.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter")
    }
}
