//! Every way in which this module refuses.
use super::ModelFailure;
use crate::shared::{FieldError, Language, StoreError};

pub type Result<T, E = AssistantError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum AssistantError {
    /// The user must first be told what becomes of their words, in this language, and agree.
    #[error("the user has not agreed yet (in the language {})", .0.code())]
    ConsentRequired(Language),
    /// So many messages an hour, or tokens a day.
    #[error("too much was asked; again in {seconds} seconds")]
    TooMuch { seconds: u64 },
    #[error(transparent)]
    Text(FieldError),
    #[error(transparent)]
    Model(#[from] ModelFailure),
    #[error(transparent)]
    Store(#[from] StoreError),
}
