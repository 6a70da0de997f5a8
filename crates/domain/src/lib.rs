//! The rules of the server. No HTTP, no SQL, no clock, no randomness: every outside thing is a port.
//!
//! A module names only modules in lower layers; `tests/structure.rs` enforces it.
pub mod assistant;
pub mod audit;
pub mod care;
pub mod crisis;
pub mod diary;
pub mod events;
pub mod identity;
pub mod mail_settings;
pub mod messaging;
pub mod notifications;
pub mod outbox;
pub mod owned;
pub mod password_reset;
pub mod screen;
pub mod shared;
