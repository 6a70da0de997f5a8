//! Field encryption: sensitive text is stored encrypted ("sealed") under a key of the person whom it concerns.
//!
//! Envelope encryption with AES-256-GCM: a text is encrypted under a person's data key, and data keys are stored wrapped under
//! the newest of the operator's keys ([`KeyRing`]), in a database of their own ([`DataKeys`]). Which columns are sealed stands
//! in `columns.rs`; why, in `docs/SECURITY.md`.
mod cipher;
mod columns;
mod data_keys;
mod key_ring;
mod key_store;
mod reader;
mod seal_stored;
mod sealed;
mod stored_rows;

pub use columns::{SealedColumn, sealed_columns};
pub use data_keys::{DataKeys, PersonKeys};
pub use key_ring::{BadKeys, KeyRing};
pub use key_store::{CannotOpenKeys, KeyStore};
pub use reader::Reader;
pub use seal_stored::{Batch, Sealing, SealingState, SealingStates, any_sealed};
pub use sealed::register_metrics;
pub(crate) use sealed::{RowKey, Sealed};
