//! The diary's store.
mod body_parts;
mod notes;
mod records;
pub use body_parts::{load_body_map, seed_body_parts};
pub use notes::DieselNoteRepository;
pub use records::DieselRecordRepository;
