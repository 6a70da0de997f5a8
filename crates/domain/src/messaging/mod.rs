//! Conversations: of two people, and of a person with the house's staff. What is said is numbered in the order in which it
//! was stored; everything live follows from that number.
mod conversation;
mod cursor;
mod error;
mod hint;
mod message;
mod peer;
pub mod ports;
mod seat;
mod service;
pub use conversation::Room;
pub use cursor::Cursor;
pub use error::{MessagingError, Result};
pub use hint::Hint;
pub use message::{ClientId, Message, Sending, Sent, Seq, Text};
pub use peer::{Acquaintance, Peer, Who};
pub use seat::{Feed, Seat};
pub use service::MessagingService;
