//! The store of password resets, and the words of their letters.
mod events;
mod letters;
mod resets;
pub use events::event_codecs;
pub use letters::PasswordResetLetters;
pub use resets::DieselPasswordResetRepository;
