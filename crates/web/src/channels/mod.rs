//! What sockets are for: conversations, and notifications. Each is a handler for the socket layer in `live/`, neutral as to
//! the family, which gives it frames; and a source for what sockets may have missed.
mod chat;
mod credentials;
mod frames;
mod notifications;

pub use chat::ChatSource;
pub(crate) use chat::{ChatSocket, FrameCodec};
pub(crate) use credentials::TokenOrTicket;
pub(crate) use frames::{IncomingMessage, Refused, incoming_message, iso, json};
pub use notifications::NotificationSource;
pub(crate) use notifications::{NotificationFrames, NotificationSocket};
