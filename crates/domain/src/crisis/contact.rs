//! Somebody who is told when the owner raises an alarm.
use super::error::CrisisError;
use crate::{
    identity::{AccountId, Email},
    owned::{Created, owned_resource},
    shared::{FieldError, Patch, Timestamp, id, text::short_text},
};

id!(/// One emergency contact.
    ContactId);
short_text!(/// 1 to 100 characters.
    ContactName, 100, not_blank);
short_text!(/// Who they are to the owner, such as "sister": 1 to 100 characters.
    Relationship, 100, not_blank);
short_text!(/// A telephone number as the owner writes it, 1 to 20 characters.
    ContactPhone, 20, not_blank);

/// An address that letters reach: mail servers that take others than ASCII before the `@` are few, and the time to learn of it is not
/// the alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactEmail(Email);

impl ContactEmail {
    pub const MAX: usize = Email::MAX;

    /// # Errors
    /// As [`Email::parse`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let email = Email::parse(raw)?;
        let local = email.as_str().rsplit_once('@').map_or("", |(local, _)| local);
        if local.is_ascii() { Ok(Self(email)) } else { Err(FieldError::Malformed) }
    }
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// An address, or none: who has none is not written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaybeEmail(Option<ContactEmail>);

impl MaybeEmail {
    pub const MAX: usize = Email::MAX;

    /// A blank is none.
    ///
    /// # Errors
    /// As [`Email::parse`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        if raw.trim().is_empty() { Ok(Self(None)) } else { ContactEmail::parse(raw).map(Some).map(Self) }
    }
    /// Blank if there is none.
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", ContactEmail::as_str)
    }
    pub fn get(&self) -> Option<&Email> {
        self.0.as_ref().map(|ContactEmail(email)| email)
    }
}

/// `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact<S = String> {
    pub id: ContactId,
    pub owner: AccountId,
    pub name: S,
    pub relationship: S,
    pub phone: S,
    /// Blank if there is none.
    pub email: S,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

impl Contact {
    /// Each alarm writes to each of them.
    pub const MAX_PER_OWNER: usize = 20;
}

impl<S> Contact<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Contact<T> {
        Contact {
            id: self.id,
            owner: self.owner,
            name: text(self.name),
            relationship: text(self.relationship),
            phone: text(self.phone),
            email: text(self.email),
            created_at: self.created_at,
            modified_at: self.modified_at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDraft {
    pub name: ContactName,
    pub phone: ContactPhone,
    pub relationship: Relationship,
    pub email: MaybeEmail,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactEdit {
    pub name: Patch<ContactName>,
    pub phone: Patch<ContactPhone>,
    pub relationship: Patch<Relationship>,
    pub email: Patch<MaybeEmail>,
}

owned_resource!(
    Contact, ContactId, created by ContactCreated, edited by ContactEdit,
    unknown as CrisisError::ContactUnknown,
    audited as ContactMade, ContactChanged, ContactDeleted
);

/// A new contact. The store MUST refuse one more than [`Contact::MAX_PER_OWNER`] as
/// [`CrisisError::TooManyContacts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactCreated(pub Created<ContactDraft>);

impl AsRef<Created<ContactDraft>> for ContactCreated {
    fn as_ref(&self) -> &Created<ContactDraft> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_address_is_none_and_a_malformed_one_is_refused() {
        assert_eq!(MaybeEmail::parse("  "), Ok(MaybeEmail::default()));
        assert_eq!(MaybeEmail::parse("").unwrap().as_str(), "");
        let email = MaybeEmail::parse(" ivan@Example.com").unwrap();
        assert_eq!((email.as_str(), email.get().is_some()), ("ivan@example.com", true));
        for malformed in ["ivan", "иван@example.com", "ü@example.com"] {
            assert_eq!(MaybeEmail::parse(malformed), Err(FieldError::Malformed), "{malformed}");
        }
        assert!(MaybeEmail::parse("ivan@пример.рф").is_ok());
    }
}
