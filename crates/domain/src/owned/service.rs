//! What an owner can do with resources of one kind.
use super::{Created, Own, OwnedResource, ports::OwnedRepository};
use crate::{
    identity::Caller,
    shared::{Clock, Each, Page},
};
use std::sync::Arc;

pub struct OwnedService<T: OwnedResource> {
    pub repository: Arc<dyn OwnedRepository<T>>,
    pub clock: Arc<dyn Clock>,
}

impl<T: OwnedResource> OwnedService<T> {
    /// For a resource whose creation is its draft and nothing more.
    pub fn create<Draft>(&self, caller: &Caller, draft: Draft) -> Result<T, T::Error>
    where
        T: OwnedResource<Creation = Created<Draft>>,
    {
        self.repository.create(&Created::by(caller, T::AUDIT, draft, self.clock.now()))
    }

    /// # Errors
    /// [`OwnedResource::unknown`], for another's too.
    pub fn own(&self, caller: &Caller, id: T::Id) -> Result<Own<T>, T::Error> {
        caller.own(self.repository.find(id)?)
    }

    /// # Errors
    /// [`OwnedResource::unknown`] if it was deleted since it was found.
    pub fn edit(&self, own: &Own<T>, edit: T::Edit) -> Result<T, T::Error> {
        self.repository.edit(&own.edited(edit, self.clock.now()))
    }

    /// # Errors
    /// [`OwnedResource::unknown`] if it was deleted since it was found.
    pub fn delete(&self, own: Own<T>) -> Result<(), T::Error> {
        self.repository.delete(&own.removed(self.clock.now()))
    }

    /// Shows `each` of the caller's own, oldest first.
    pub fn page(&self, caller: &Caller, page: Page<T::Id>, each: &mut Each<'_, T>) -> Result<(), T::Error> {
        Ok(self.repository.page_of(caller.id(), page, each)?)
    }
}

#[cfg(test)]
mod tests;
