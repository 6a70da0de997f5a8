//! Conversations, and the people in them.
mod directory;
mod messages;
mod rows;
pub use directory::DieselPeerDirectory;
pub use messages::DieselMessageRepository;
