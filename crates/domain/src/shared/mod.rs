//! What every module needs: ids, the clock, text, refusals, pages on lists, the store's failures.
mod clock;
pub mod deadline;
mod field_errors;
mod id;
mod idempotency;
mod page;
mod patch;
mod store;
pub mod text;
pub use clock::{Clock, Fixed, Timestamp};
pub use field_errors::{FieldError, FieldErrors};
pub use id::AccountId;
pub(crate) use id::id;
pub use idempotency::{BadIdempotencyKey, IdempotencyKey};
pub use page::Page;
pub use patch::Patch;
pub use store::{StoreError, StoreHealth};
