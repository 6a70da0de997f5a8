//! What resetting a password needs of the outside.
use super::{LinkHolder, NewResetRequest, PasswordByLink, ResetAnswer, ResetRequestId, ResetSheet};
use crate::{
    identity::TokenHash,
    shared::{StoreError, Timestamp},
};

/// The store of requests and links. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait PasswordResetRepository: Send + Sync {
    /// MUST do the same whether or not an account has the address, and tell [`ResetRequested`](super::ResetRequested) after its
    /// commit. MUST refuse by [`StoreError::Unavailable`] where ten thousand wait already.
    fn request(&self, new: &NewResetRequest) -> Result<(), StoreError>;
    /// The oldest request that waits, of those after `after`. MUST find active accounts only, and count their letters since `since`.
    fn next(&self, after: Option<ResetRequestId>, since: Timestamp)
    -> Result<Option<ResetSheet>, StoreError>;
    /// MUST change nothing and return `false` when the request is gone, when the account has no right to a letter any more, or when it
    /// was sent another letter since the answer was judged: of several nodes one answers.
    fn answer(&self, answer: &ResetAnswer) -> Result<bool, StoreError>;
    /// Whose link this is. MUST find none that was used, that is late, or whose account was deactivated or has had another address or
    /// another password since.
    fn link_holder(&self, token: &TokenHash, now: Timestamp) -> Result<Option<LinkHolder>, StoreError>;
    /// MUST change nothing and return `false` for a link that [`link_holder`](Self::link_holder) does not find: of several who use one at
    /// once, one has it.
    fn change(&self, change: &PasswordByLink) -> Result<bool, StoreError>;
    /// Deletes links that were made before `until`.
    fn forget(&self, until: Timestamp) -> Result<usize, StoreError>;
}
