//! Every way in which identity refuses.
use super::WrongRole;
use crate::shared::{FieldErrors, StoreError};

pub type Result<T, E = IdentityError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum IdentityError {
    /// Wrong password, unknown name, or an account that was deactivated: nobody is told which.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The operator makes the accounts.
    #[error("Registration is closed.")]
    RegistrationClosed,
    #[error("no such token")]
    TokenUnknown,
    #[error("the account was deactivated")]
    AccountInactive,
    #[error("no account has that name")]
    AccountUnknown,
    #[error(transparent)]
    Fields(#[from] FieldErrors),
    #[error(transparent)]
    WrongRole(#[from] WrongRole),
    #[error("the password could not be hashed")]
    Hashing(#[source] std::sync::Arc<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Store(#[from] StoreError),
}
