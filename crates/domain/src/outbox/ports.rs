//! What the outbox needs of the outside.
use super::{Delivery, Outcome};
use crate::shared::{StoreError, Timestamp};

/// The letters of one kind that wait to be sent.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait DeliveryQueue: Send + Sync {
    /// The letter that has been due for longest, `None` when none is due. MUST give it to nobody else, on any node, until
    /// [`LEASE`](super::LEASE) is over. MUST NOT let a letter wait longer because the clock was set back.
    fn take(&self, now: Timestamp) -> Result<Option<Delivery>, StoreError>;
    /// Stores what became of it, and everything that follows from that, in one transaction. MUST ignore an outcome whose lease
    /// was taken over, and all after the letter was accepted or refused. [`Outcome::Accepted`] it MUST store in any case: it is a fact.
    fn finish(&self, delivery: &Delivery, outcome: Outcome, now: Timestamp) -> Result<(), StoreError>;
}
