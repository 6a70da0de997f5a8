//! What settings and digests need of the outside.
use super::{Digest, DigestSheet, MailSettings, MailSettingsChange};
use crate::{
    identity::TokenHash,
    shared::{AccountId, StoreError, Timestamp},
};

/// The store of mail settings. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait MailSettingsRepository: Send + Sync {
    /// The defaults for an account that has changed nothing.
    fn of(&self, owner: AccountId) -> Result<MailSettings, StoreError>;
    /// MUST keep the link of an account that has one: it stands in letters that were sent. Where the caller asked counts only when digests are
    /// set.
    fn change(&self, change: &MailSettingsChange) -> Result<MailSettings, StoreError>;
    /// The first account after `after` whose digest is due.
    fn due(&self, after: Option<AccountId>, now: Timestamp) -> Result<Option<DigestSheet>, StoreError>;
    /// MUST change nothing and return `false` when the digest is not due any more as it was, or when the account has no right to the letter
    /// any more: of several nodes one sends.
    fn send(&self, digest: &Digest) -> Result<bool, StoreError>;
    /// Whether this is somebody's link.
    fn is_link(&self, link: &TokenHash) -> Result<bool, StoreError>;
    /// Turns the digests of the link's account off, and writes an audit entry if they were on. Returns whether this is somebody's link.
    fn unsubscribe(&self, link: &TokenHash, now: Timestamp) -> Result<bool, StoreError>;
}
