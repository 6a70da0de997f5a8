//! How a command fails.
use crate::{cannot_open::CannotOpen, cause, config::BadConfig};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Config(#[from] BadConfig),
    #[error("{0}")]
    Other(String),
}

impl From<CannotOpen> for Failure {
    fn from(e: CannotOpen) -> Self {
        match e {
            CannotOpen::Config(bad) => Self::Config(bad),
            other => Self::Other(other.to_string()),
        }
    }
}

impl Failure {
    pub(super) fn new(why: impl ToString) -> Self {
        Self::Other(why.to_string())
    }
    /// By what stands at the bottom of it.
    pub(super) fn caused(error: &dyn std::error::Error) -> Self {
        Self::Other(cause::root(error))
    }
}

pub(super) type Done = Result<(), Failure>;
