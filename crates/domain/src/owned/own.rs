//! The proof that a resource is the caller's.
use super::{Edited, OwnedResource, Removed};
use crate::{
    audit,
    identity::Caller,
    shared::{AccountId, Timestamp},
};
use std::ops::Deref;

/// A resource of the caller who asked for it. Nothing but [`Caller::own`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own<T> {
    value: T,
    caller: AccountId,
}

impl Caller {
    /// # Errors
    /// [`OwnedResource::unknown`]: another's is as unknown as none.
    pub fn own<T: OwnedResource>(&self, found: Option<T>) -> Result<Own<T>, T::Error> {
        match found {
            Some(value) if value.owner() == self.id() => Ok(Own { value, caller: self.id() }),
            Some(_) | None => Err(T::unknown()),
        }
    }
}

impl<T> Deref for Own<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: OwnedResource> Own<T> {
    pub fn edited(&self, edit: T::Edit, now: Timestamp) -> Edited<T::Id, T::Edit> {
        Edited { id: self.id(), owner: self.owner(), edit, audit: self.entry(T::AUDIT.changed, now) }
    }
    pub fn removed(&self, now: Timestamp) -> Removed<T::Id> {
        Removed { id: self.id(), owner: self.owner(), audit: self.entry(T::AUDIT.deleted, now) }
    }
    fn entry(&self, act: audit::AuditAction, at: Timestamp) -> audit::AuditEntry {
        let by_caller =
            audit::AuditEntry { patient: self.owner(), ..audit::AuditEntry::own(self.caller, act, at) };
        by_caller.on(self.id().into())
    }
}
