//! Every way in which messaging refuses.
use crate::{
    identity::WrongRole,
    shared::{FieldError, StoreError},
};

pub type Result<T, E = MessagingError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum MessagingError {
    #[error("no such person")]
    PeerUnknown,
    #[error("nobody talks with themselves")]
    Oneself,
    /// The same name for two messages of one sender, in two conversations.
    #[error("client_id was used for a message in another conversation")]
    ClientIdTaken,
    #[error("the message is refused: {0}")]
    Text(FieldError),
    #[error("the client_id is refused: {0}")]
    ClientId(FieldError),
    #[error(transparent)]
    WrongRole(#[from] WrongRole),
    #[error(transparent)]
    Store(#[from] StoreError),
}
