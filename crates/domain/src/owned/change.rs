//! Everything that must become true together when a resource is created, edited or deleted. A [`Caller`] or an
//! [`Own`](super::Own) makes these values, and nothing else does: a value proves that its change was permitted, and its audit
//! entry names the caller.
use super::AuditActions;
use crate::{
    audit,
    identity::Caller,
    shared::{AccountId, IdempotencyKey, Timestamp},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<Draft> {
    owner: AccountId,
    draft: Draft,
    audit: audit::AuditEntry,
    key: Option<IdempotencyKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited<Id, Edit> {
    pub(super) id: Id,
    pub(super) owner: AccountId,
    pub(super) edit: Edit,
    pub(super) audit: audit::AuditEntry,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed<Id> {
    pub(super) id: Id,
    pub(super) owner: AccountId,
    pub(super) audit: audit::AuditEntry,
}

impl<Draft> Created<Draft> {
    /// What a caller creates is the caller's.
    pub fn by(caller: &Caller, actions: AuditActions, draft: Draft, now: Timestamp) -> Self {
        let audit = audit::AuditEntry::own(caller.id(), actions.created, now);
        Self { owner: caller.id(), draft, audit, key: caller.key.clone() }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn draft(&self) -> &Draft {
        &self.draft
    }
    /// Under which the client asked for it, if under any.
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.key.as_ref()
    }
    /// Without an object: the store knows the new id.
    pub fn audit(&self) -> &audit::AuditEntry {
        &self.audit
    }
}

impl<Draft> AsRef<Self> for Created<Draft> {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<Id: Copy, Edit> Edited<Id, Edit> {
    pub fn id(&self) -> Id {
        self.id
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn edit(&self) -> &Edit {
        &self.edit
    }
    pub fn audit(&self) -> &audit::AuditEntry {
        &self.audit
    }
}

impl<Id: Copy> Removed<Id> {
    pub fn id(&self) -> Id {
        self.id
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn audit(&self) -> &audit::AuditEntry {
        &self.audit
    }
}
