//! Who may see and change a profile, and raise an alarm for somebody.
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::Caller,
    shared::{AccountId, Timestamp},
};

/// The right to somebody's profile and alarm: their own, or a member of the staff's. Nothing but [`of`](Self::of) makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileAccess {
    owner: AccountId,
    actor: AccountId,
}

impl ProfileAccess {
    /// `None` for anybody else's, whether it exists or not.
    pub fn of(caller: &Caller, owner: AccountId) -> Option<Self> {
        (owner == caller.id() || caller.is_staff()).then_some(Self { owner, actor: caller.id() })
    }
    pub fn own(caller: &Caller) -> Self {
        Self { owner: caller.id(), actor: caller.id() }
    }
    pub fn owner(self) -> AccountId {
        self.owner
    }
    pub fn actor(self) -> AccountId {
        self.actor
    }
    pub(super) fn is_own(self) -> bool {
        self.owner == self.actor
    }
    pub(super) fn entry(self, act: AuditAction, at: Timestamp) -> AuditEntry {
        AuditEntry { patient: self.owner, ..AuditEntry::own(self.actor, act, at) }
    }
}
