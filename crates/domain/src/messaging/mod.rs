//! Conversations: of two people, and of a person with the server's staff. What is said is numbered in the order in which it
//! was stored; everything live follows from that number.
mod access;
mod conversation;
mod error;
mod event;
mod message;
mod peer;
pub mod ports;
mod service;
pub use access::{ChatAccess, Stream};
pub use conversation::Room;
pub use error::{MessagingError, Result};
pub use event::{MessageSent, PeerArrived, PeerLeft};
pub use message::{ClientId, Message, Sending, Sent, Text};
pub use peer::{Peer, PeerRef, Relationship};
pub use service::MessagingService;

pub use crate::events::Seq;
