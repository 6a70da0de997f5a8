//! Messages that must not be lost. A message is stored by the change that causes it, in that change's transaction, and delivered
//! after its commit by whichever node comes first: a node that is killed loses nothing, it sends again at most.
mod channel;
mod delivery;
mod letter;
mod link;
mod message_id;
pub mod ports;
mod retry;
mod signature;
pub use channel::Channel;
pub use delivery::{Delivery, DeliveryId, DeliveryState, DeliveryStatus, Failure, Outcome};
pub use letter::{Letter, Message, WebhookBody};
pub use link::{Link, LinkPage, Links, Origin};
pub use message_id::MessageId;
pub use retry::{LEASE, RetrySchedule, SEND_MAX};
pub use signature::{SIGNATURE_TOLERANCE, SignedRequest};
