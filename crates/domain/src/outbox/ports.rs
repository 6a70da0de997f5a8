//! What the outbox needs of the outside.
use super::{Delivery, Message, MessageId, Outcome, SignedRequest};
use crate::shared::{StoreError, Timestamp};
use std::pin::Pin;

/// Hands messages over. Each queue has one of its own, with connections of its own.
pub trait DeliveryChannel: Send + Sync {
    /// MUST take no longer than [`SEND_MAX`](super::SEND_MAX), and MUST refuse a message of another channel. MUST answer
    /// [`Outcome::Accepted`] only if the other side said so. May be dropped at any time: then nobody knows whether the message was
    /// sent.
    fn send<'a>(
        &'a self,
        message_id: &'a str,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
}

/// The messages of one kind that wait to be sent.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait DeliveryQueue: Send + Sync {
    /// The message that has been due for longest, `None` when none is due. MUST give it to nobody else, on any node, until
    /// [`LEASE`](super::LEASE) is over. MUST NOT let a message wait longer because the clock was set back.
    fn take(&self, now: Timestamp) -> Result<Option<Delivery>, StoreError>;
    /// Stores what became of it, and everything that follows from that, in one transaction. MUST ignore an outcome whose lease
    /// was taken over, and all after the message was accepted or refused. [`Outcome::Accepted`] it MUST store in any case: it is a fact.
    fn finish(&self, delivery: &Delivery, outcome: Outcome, now: Timestamp) -> Result<(), StoreError>;
}

/// What operators learn of letters after the mail server has taken them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait BounceReports: Send + Sync {
    /// The letter came back: its acceptance was none, and everything that follows from a refusal MUST be stored with that, once.
    /// MUST answer `false`, and change nothing, unless such a letter was accepted; MUST answer `true` when that was reported already.
    /// After it no acceptance of an older try may count.
    fn bounced(&self, letter: &MessageId, now: Timestamp) -> Result<bool, StoreError>;
}

/// Knows a secret that the operator's programs share with us.
pub trait SignatureVerifier: Send + Sync {
    /// Whether the sender knows the secret. MUST be `false` when the request is older than
    /// [`SIGNATURE_TOLERANCE`](super::SIGNATURE_TOLERANCE), or newer. MUST compare in constant time.
    fn is_genuine(&self, request: &SignedRequest<'_>, now: Timestamp) -> bool;
}
