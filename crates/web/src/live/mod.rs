//! What every socket needs: a door that lets it in, a hub that tells it what happened, a loop that never lets one slow
//! client hold up another, and a watch that finds out whatever a hint did not tell.
mod bell;
mod door;
mod ending;
mod frame;
mod guard;
mod hub;
mod job;
mod outbox;
mod program;
mod socket;
mod talk;
mod watch;

pub(crate) use bell::{Bell, BellFrames};
pub use door::Lever;
pub(crate) use door::{Door, Let};
pub(crate) use frame::{iso, json, utterance};
pub use hub::Hub;
pub(crate) use hub::{Told, Topic};
pub(crate) use job::Job;
pub(crate) use outbox::Outbox;
pub(crate) use program::Program;
pub(crate) use talk::{Refused, Speech, Talk, Utterance};
pub use watch::watch;

use domain::{identity::IdentityService, messaging::MessagingService, notifications::NotificationService};
use std::{num::NonZeroU32, sync::Arc};

/// What sockets need of the house.
pub struct Live {
    pub hub: Arc<Hub>,
    pub identity: Arc<IdentityService>,
    pub messaging: Arc<MessagingService>,
    pub notifications: Arc<NotificationService>,
    /// Exact origins whose pages may open sockets; a page of our own host always may.
    pub origins: Vec<String>,
    pub limits: SocketLimits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketLimits {
    /// Open sockets of one account, in this process.
    pub per_account: NonZeroU32,
    /// Text frames that one socket may send in a second, at once or spread.
    pub messages_per_second: NonZeroU32,
}
