//! The store of owned resources of one kind.
use super::{Edited, OwnedResource, Removed};
use crate::shared::{AccountId, Each, Page, StoreError};

/// One method is one transaction. Each change MUST write its audit entry in its transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait OwnedRepository<T: OwnedResource>: Send + Sync {
    /// MUST name the new id as the object of the audit entry. Under an [`IdempotencyKey`](crate::shared::IdempotencyKey) of the
    /// owner's that is younger than its life MUST make nothing, and return what was made under it as it is now
    /// ([`OwnedResource::unknown`] if that is gone), or [`StoreError::KeyReused`] for another fingerprint. Of two at the same
    /// moment one MUST make it, and the other wait for it.
    fn create(&self, creation: &T::Creation) -> Result<T, T::Error>;
    fn find(&self, id: T::Id) -> Result<Option<T>, StoreError>;
    /// MUST return [`OwnedResource::unknown`] and change nothing if it is gone, or not the owner's. MUST move the time of
    /// the last change, also when the edit sets nothing.
    fn edit(&self, edited: &Edited<T::Id, T::Edit>) -> Result<T, T::Error>;
    /// MUST return [`OwnedResource::unknown`] and change nothing if it is gone, or not the owner's.
    fn delete(&self, removed: &Removed<T::Id>) -> Result<(), T::Error>;
    /// Shows `each` of the owner's and nobody else's, oldest first; the page continues after the last id that was seen.
    fn page_of<'f>(
        &self,
        owner: AccountId,
        page: Page<T::Id>,
        each: &mut Each<'f, T>,
    ) -> Result<(), StoreError>;
}
