//! The outside world, behind the domain's ports.
pub mod assistant;
pub mod audit;
pub mod bus;
pub mod care;
pub mod clock;
pub mod crisis;
pub mod crypto;
pub mod diary;
pub mod http_client;
pub mod idempotency;
pub mod identity;
mod letters;
pub mod mail;
pub mod mail_settings;
pub mod messaging;
pub mod notifications;
pub mod outbox;
pub mod owned;
pub mod password_reset;
pub mod screen;
pub mod store;
pub mod webhook;

#[cfg(test)]
mod tests;
