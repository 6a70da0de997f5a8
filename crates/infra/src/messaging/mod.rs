//! Conversations, and the people in them.
mod directory;
mod events;
mod messages;
mod rows;
mod sending;
pub use directory::DieselPeerDirectory;
pub use events::event_codecs;
pub use messages::DieselMessageRepository;
