//! How far a letter is.
use super::Message;
use crate::shared::{Timestamp, id};

id!(/// One message to one recipient.
    DeliveryId);

/// A message that a worker has taken, to send it now. Nobody else takes it until the lease is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    /// This one included. It is the lease's number too: the outcome of an older one changes nothing, unless the message was
    /// accepted.
    pub attempts: u32,
    pub queued_at: Timestamp,
    /// The same at each try, so that a reader's program can tell a repeated message from another one. In angle brackets.
    pub message_id: String,
    /// `None`: it cannot be read any more. Nobody will ever read it, and those behind it must not wait for it.
    pub message: Option<Message>,
}

/// What became of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has taken the message: a mail server answered 250 to all of it, a webhook 2xx.
    Accepted,
    /// It never will.
    Refused(Failure),
    /// It may, later.
    Failed(Failure),
}

/// Why a try failed: in words of our own, for the mail server's may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The mail server knows no such mailbox, or does not write to it.
    Address,
    /// The mail server does not want this letter.
    Letter,
    /// The mail server has something against it now.
    Deferred,
    /// The mail server cannot be reached, does not let us in, or does not answer in time.
    Unreachable,
    /// The operator has configured none; of a message to the webhook: no webhook.
    NoMailServer,
    /// It was tried for a day.
    GivenUp,
    /// It was altered where it is stored, or its key is lost.
    Unreadable,
    /// It was not sent: the holder of the address wants no such letters.
    Unwanted,
    /// It was not sent: the holder of the address has not agreed, and enough others were written to.
    Unconfirmed,
    /// It was not sent: its reason is gone.
    NotNeeded,
    /// The mail server took it, and the operator reports that it came back.
    Bounced,
}

impl Failure {
    pub const ALL: [Self; 11] = [
        Self::Address,
        Self::Letter,
        Self::Deferred,
        Self::Unreachable,
        Self::NoMailServer,
        Self::GivenUp,
        Self::Unreadable,
        Self::Unwanted,
        Self::Unconfirmed,
        Self::NotNeeded,
        Self::Bounced,
    ];

    /// The words are stable: they are stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Letter => "letter",
            Self::Deferred => "deferred",
            Self::Unreachable => "unreachable",
            Self::NoMailServer => "no_mail_server",
            Self::GivenUp => "given_up",
            Self::Unreadable => "unreadable",
            Self::Unwanted => "unwanted",
            Self::Unconfirmed => "unconfirmed",
            Self::NotNeeded => "not_needed",
            Self::Bounced => "bounced",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its first or its next try.
    Queued,
    Sending,
    Accepted,
    Refused,
}

impl DeliveryState {
    pub const ALL: [Self; 4] = [Self::Queued, Self::Sending, Self::Accepted, Self::Refused];

    /// The words are stable: they are stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused)
    }
}

/// What is known of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryStatus {
    pub state: DeliveryState,
    pub attempts: u32,
    pub queued_at: Timestamp,
    pub attempted_at: Option<Timestamp>,
    /// When it was accepted or refused.
    pub finished_at: Option<Timestamp>,
    /// Of the last try, unless that was accepted.
    pub failure: Option<Failure>,
}
