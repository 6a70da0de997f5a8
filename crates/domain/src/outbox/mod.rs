//! Letters that must not be lost. A letter is stored by the change that causes it, in that change's transaction, and delivered
//! after its commit by whichever node comes first: a node that is killed loses nothing, it sends again at most.
mod delivery;
mod letter;
pub mod ports;
mod retry;
pub use delivery::{Delivery, DeliveryId, DeliveryState, DeliveryStatus, Failure, Outcome};
pub use letter::Letter;
pub use retry::{LEASE, SEND_MAX, pause_after};
