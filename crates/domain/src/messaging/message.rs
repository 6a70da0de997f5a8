//! What is said.
use super::Room;
use crate::{
    audit,
    events::Seq,
    shared::{AccountId, FieldError, Lend, Timestamp},
};

/// The text of a message, as it was sent: nothing is trimmed, and it may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Bytes of UTF-8. As much as a frame holds.
    pub const MAX: usize = 16 * 1024;

    /// # Errors
    /// [`FieldError::NulCharacter`], which PostgreSQL cannot store; [`FieldError::TooLong`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        if raw.contains('\0') {
            return Err(FieldError::NulCharacter);
        }
        if raw.len() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        Ok(Self(raw.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a client calls its message before the server has numbered it. A message that is sent again under the same name is
/// the same message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId<S = String>(S);

impl<S> ClientId<S> {
    /// One that was parsed before it was stored.
    pub fn stored(text: S) -> Self {
        Self(text)
    }
}

impl ClientId {
    /// Characters.
    pub const MAX: usize = 64;

    /// # Errors
    /// [`FieldError::Blank`], [`FieldError::TooLong`], [`FieldError::NulCharacter`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        if raw.is_empty() {
            return Err(FieldError::Blank);
        }
        if raw.contains('\0') {
            return Err(FieldError::NulCharacter);
        }
        if raw.chars().count() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        Ok(Self(raw.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stored message. `S` as in [`Lend`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<S = String> {
    pub room: Room,
    pub seq: Seq,
    /// Its number among all support messages; `None` between two people.
    pub inbox_seq: Option<Seq>,
    pub sender: AccountId,
    /// Said by the staff, in somebody's support room.
    pub from_staff: bool,
    /// Blank when it was deleted.
    pub text: S,
    pub client_id: Option<ClientId<S>>,
    pub at: Timestamp,
}

impl Lend for Message {
    type Lent<'a> = Message<&'a str>;
}

impl<S> Message<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Message<T> {
        Message {
            room: self.room,
            seq: self.seq,
            inbox_seq: self.inbox_seq,
            sender: self.sender,
            from_staff: self.from_staff,
            text: text(self.text),
            client_id: self.client_id.map(|ClientId(id)| ClientId(text(id))),
            at: self.at,
        }
    }
}

/// Everything that becomes true when somebody says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub room: Room,
    pub sender: AccountId,
    pub from_staff: bool,
    pub text: Text,
    pub client_id: Option<ClientId>,
    /// An answer of the staff is on the audit log of whom they answer.
    pub audit: Option<audit::AuditEntry>,
    pub at: Timestamp,
}

/// A message is stored: now, or already under the same [`ClientId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub message: Message,
    pub again: bool,
    /// It was deleted since it was stored the first time: no reading will bring it.
    pub deleted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_as_it_was_sent_but_never_with_nul() {
        for text in ["", " spaced ", "\u{1b}[2J", "зуб 🦷"] {
            assert_eq!(Text::parse(text).map(|t| t.as_str().to_owned()), Ok(text.to_owned()));
        }
        assert_eq!(Text::parse("a\0"), Err(FieldError::NulCharacter));
        assert!(Text::parse(&"x".repeat(Text::MAX)).is_ok());
        assert_eq!(Text::parse(&"x".repeat(Text::MAX + 1)), Err(FieldError::TooLong(Text::MAX)));
    }

    #[test]
    fn a_client_id_has_between_one_and_64_characters() {
        assert!(ClientId::parse(&"ы".repeat(64)).is_ok());
        assert_eq!(ClientId::parse(&"ы".repeat(65)), Err(FieldError::TooLong(64)));
        assert_eq!(ClientId::parse(""), Err(FieldError::Blank));
        assert_eq!(ClientId::parse("a\0"), Err(FieldError::NulCharacter));
    }
}
