//! Consent of contacts: the letter that asks for it, and their answer.
use super::{Consent, RecipientRole};
use crate::{
    identity::{AccountId, Email, TokenHash},
    outbox::{Letter, Link, Links},
    shared::Timestamp,
};
use chrono::TimeDelta;

/// Letters that ask for one user, within [`ASKED_WITHIN`]: who names and removes a hundred addresses has none of them written to.
pub const ASKED_MAX: usize = 20;
pub const ASKED_WITHIN: TimeDelta = TimeDelta::days(1);

/// An address is stored as this where it is compared: a keyed hash tells nobody whose it is.
pub fn address_hash(links: &Links, email: &Email) -> TokenHash {
    // No token of a link holds a colon.
    links.hash(&format!("mailto:{}", email.key()))
}

/// An address that a user has named since anybody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddress {
    pub owner: AccountId,
    /// The user, as letters call them.
    pub who: String,
    pub role: RecipientRole,
    pub name: String,
    /// `None`: the contact has none.
    pub email: Option<Email>,
    /// When it was named.
    pub modified_at: Timestamp,
}

/// Everything that must become true together when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    pub owner: AccountId,
    pub role: RecipientRole,
    pub modified_at: Timestamp,
    pub asked: Option<ConsentLetter>,
    pub at: Timestamp,
}

/// To be sent unless the address is known to the user's contacts already, or refuses, or too many were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLetter {
    pub address: TokenHash,
    pub link: Link,
    pub letter: Letter,
}

/// What the holder of an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// This user's alarms may be sent there.
    Confirm,
    /// Nobody's, ever.
    Refuse,
}

/// What the page of such a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentPage {
    /// The user, as letters call them.
    pub who: String,
    pub consent: Consent,
}
