//! Whether a request gets a letter, and what a link changes.
use super::{ResetLetterWriter, ResetRequest, ResetRequestId};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::{Email, PasswordHash, TokenHash},
    outbox::{Letter, LinkPage, Links},
    shared::{AccountId, Timestamp},
};
use chrono::TimeDelta;

/// How long a link can be used, from the request.
pub const LIFE: TimeDelta = TimeDelta::minutes(30);
/// Of one account, within [`LETTERS_WITHIN`]. Further ones would fill the mailbox of somebody who has not asked.
pub const LETTERS_MAX: u64 = 3;
///
/// As long as a link is good: when the last one ends, the owner can ask for another.
pub const LETTERS_WITHIN: TimeDelta = LIFE;

/// A request, and the active account that has its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetSheet {
    pub request: ResetRequest,
    pub holder: Option<Holder>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub account: AccountId,
    pub username: String,
    /// As the account has it. An address that differs from it in case may be somebody else's mailbox.
    pub email: Email,
    /// Sent within [`LETTERS_WITHIN`].
    pub letters: u64,
}

/// Everything that becomes true together when a request is answered: it is gone, with a letter or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetAnswer {
    request: ResetRequestId,
    reset: Option<NewReset>,
}

/// A link and its letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReset {
    account: AccountId,
    token: TokenHash,
    expires_at: Timestamp,
    letter: Letter,
    letters_before: u64,
    audit: AuditEntry,
}

impl ResetSheet {
    /// Nobody is told when there is no letter.
    pub fn answer(self, links: &Links, writer: &dyn ResetLetterWriter, now: Timestamp) -> ResetAnswer {
        let Self { request, holder } = self;
        let expires_at = request.at + LIFE;
        let wanted = holder.filter(|holder| holder.letters < LETTERS_MAX && expires_at > now);
        let reset = wanted.map(|Holder { account, username, email, letters }| {
            let link = links.new_link(LinkPage::PasswordReset);
            let audit = AuditEntry::own(account, AuditAction::PasswordResetSent, now);
            NewReset {
                account,
                letter: writer.link(&username, &link.url(&request.origin), email),
                token: link.hash,
                expires_at,
                letters_before: letters,
                // Nobody knows who has asked.
                audit: AuditEntry { actor: None, ..audit },
            }
        });
        ResetAnswer { request: request.id, reset }
    }
}

impl ResetAnswer {
    pub fn request(&self) -> ResetRequestId {
        self.request
    }
    pub fn reset(&self) -> Option<&NewReset> {
        self.reset.as_ref()
    }
}

impl NewReset {
    pub fn account(&self) -> AccountId {
        self.account
    }
    pub fn token(&self) -> &TokenHash {
        &self.token
    }
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
    pub fn letter(&self) -> &Letter {
        &self.letter
    }
    /// How many there were when it was judged.
    pub fn letters_before(&self) -> u64 {
        self.letters_before
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}

/// The active account that a link was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHolder {
    pub account: AccountId,
    pub username: String,
    pub email: Email,
}

/// Everything that becomes true together when a link is used: the account has this password, no session and no other link is
/// good any more, and its holder is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordByLink {
    account: AccountId,
    token: TokenHash,
    password: PasswordHash,
    letter: Letter,
    audit: AuditEntry,
}

impl LinkHolder {
    pub(super) fn new_password(
        self,
        token: TokenHash,
        password: PasswordHash,
        writer: &dyn ResetLetterWriter,
        now: Timestamp,
    ) -> PasswordByLink {
        PasswordByLink {
            account: self.account,
            token,
            password,
            letter: writer.changed(&self.username, self.email),
            audit: AuditEntry::own(self.account, AuditAction::PasswordReset, now),
        }
    }
}

impl PasswordByLink {
    pub fn account(&self) -> AccountId {
        self.account
    }
    pub fn token(&self) -> &TokenHash {
        &self.token
    }
    pub fn password(&self) -> &PasswordHash {
        &self.password
    }
    pub fn letter(&self) -> &Letter {
        &self.letter
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}
