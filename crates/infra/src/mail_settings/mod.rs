//! The store of mail settings, and the words of digests.
mod letters;
mod settings;
pub use letters::DigestLetters;
pub use settings::DieselMailSettingsRepository;
