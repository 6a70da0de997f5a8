//! Conversations, and the people in them.
mod directory;
mod messages;
mod rows;
mod sending;
pub use directory::DieselPeerDirectory;
pub use messages::DieselMessageRepository;
