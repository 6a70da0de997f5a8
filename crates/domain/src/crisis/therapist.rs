//! The therapist whom a user names: one for each user, known by the user's own id.
use super::{ContactEmail, ContactName, ContactPhone};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::{AccountId, Caller},
    shared::{Patch, Timestamp},
};

/// It has no account here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Therapist {
    pub owner: AccountId,
    pub name: String,
    pub phone: String,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TherapistDraft {
    pub name: ContactName,
    pub phone: ContactPhone,
    pub email: ContactEmail,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TherapistEdit {
    pub name: Patch<ContactName>,
    pub phone: Patch<ContactPhone>,
    pub email: Patch<ContactEmail>,
}

/// What the caller says of their own therapist: a whole one, or a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TherapistChange<T> {
    owner: AccountId,
    change: T,
    audit: AuditEntry,
}

impl<T> TherapistChange<T> {
    pub fn by(caller: &Caller, change: T, now: Timestamp) -> Self {
        let audit = AuditEntry::own(caller.id(), AuditAction::TherapistChanged, now);
        Self { owner: caller.id(), change, audit }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn change(&self) -> &T {
        &self.change
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}
