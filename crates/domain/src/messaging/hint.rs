//! What the house tells everybody who follows something live.
use super::Message;
use crate::{notifications::Notification, shared::AccountId};

/// Something was committed a moment ago. A hint may be lost, doubled or late: whoever hears one checks it against what
/// they have seen, and reads the store when in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    Said(Message),
    Rang(Notification),
    /// Somebody read or deleted a notification of theirs.
    Recounted(AccountId),
    /// A socket into this person's own support room was opened. Nothing of it is stored.
    Arrived(AccountId),
    /// It was closed.
    Left(AccountId),
}
