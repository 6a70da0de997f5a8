//! What a resource says of itself.
use crate::{
    audit::AuditAction,
    shared::{AccountId, Lend, StoreError},
};

/// Under which names the changes of a resource are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditActions {
    pub created: AuditAction,
    pub changed: AuditAction,
    pub deleted: AuditAction,
}

/// Something that belongs to one account.
pub trait OwnedResource: Lend + Sized + Send + Sync + 'static {
    type Id: Copy + Into<i64> + From<i64> + Send + Sync + 'static;
    /// Everything that must become true together when one is created: [`Created`](super::Created) with the resource's
    /// draft, unless something happens beside it.
    type Creation: Send + Sync + 'static;
    type Edit: Send + Sync + 'static;
    type Error: std::error::Error + From<StoreError> + Send + 'static;

    const AUDIT: AuditActions;

    /// The refusal of one that is not there, or that is another's: nobody is told which.
    fn unknown() -> Self::Error;
    fn id(&self) -> Self::Id;
    fn owner(&self) -> AccountId;
}

/// Implements [`OwnedResource`] for a struct with the fields `id` and `owner`.
macro_rules! owned_resource {
    (
        $resource:ident, $id:ty, created by $creation:ty, edited by $edit:ty,
        unknown as $error:ident :: $unknown:ident,
        audited as $created:ident, $changed:ident, $deleted:ident
    ) => {
        impl $crate::shared::Lend for $resource {
            type Lent<'a> = $resource<&'a str>;
        }

        impl $crate::owned::OwnedResource for $resource {
            type Id = $id;
            type Creation = $creation;
            type Edit = $edit;
            type Error = $error;

            const AUDIT: $crate::owned::AuditActions = $crate::owned::AuditActions {
                created: $crate::audit::AuditAction::$created,
                changed: $crate::audit::AuditAction::$changed,
                deleted: $crate::audit::AuditAction::$deleted,
            };

            fn unknown() -> $error {
                $error::$unknown
            }
            fn id(&self) -> $id {
                self.id
            }
            fn owner(&self) -> $crate::shared::AccountId {
                self.owner
            }
        }
    };
}
pub(crate) use owned_resource;
