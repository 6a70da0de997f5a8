//! Who saw or changed which patient's data, and which link justified it. Entries are part of the change or of the
//! read that they tell of: written in the same transaction, never altered.
mod entry;
pub mod ports;
pub use entry::{AuditAction, AuditEntry};
