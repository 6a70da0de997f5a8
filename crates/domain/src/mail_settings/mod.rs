//! Which letters an account wants, and the one that tells what has happened.
mod digest;
mod letter_writer;
pub mod ports;
mod rate;
mod service;
mod settings;
pub use digest::{Digest, DigestLetter, DigestSheet, SHOWN_MAX};
pub use letter_writer::{DigestFacts, DigestLetterWriter};
pub use rate::DigestRate;
pub use service::MailSettingsService;
pub use settings::{MailSettings, MailSettingsChange, MailSettingsEdit};
