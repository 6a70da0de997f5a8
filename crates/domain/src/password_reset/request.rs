//! What is known of a request while nobody has looked whether there is such an account.
use crate::{
    identity::Email,
    outbox::Origin,
    shared::{Timestamp, id},
};

id!(/// One request that waits.
    ResetRequestId);

/// Somebody asks for a new password for whoever has this address. That is all that is stored before they are answered: it is the
/// same work for every address, so that the answer's time tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResetRequest {
    pub email: Email,
    pub origin: Origin,
    pub at: Timestamp,
}

/// One that waits for its letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRequest {
    pub id: ResetRequestId,
    /// Where its link leads.
    pub origin: Origin,
    pub at: Timestamp,
}
