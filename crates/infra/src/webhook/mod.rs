//! Messages posted to a program of the operator's, which sends them on; and the signature by which such programs and we know
//! each other.
mod adapter;
mod settings;
mod signature;
mod status;

pub use adapter::Webhook;
pub use settings::{WebhookSettings, WebhookUrl};
pub use signature::SigningSecret;
