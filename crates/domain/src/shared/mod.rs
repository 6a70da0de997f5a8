//! What every room needs: ids, the clock, text, refusals, windows on lists, the store's failures.
mod clock;
pub mod deadline;
mod id;
mod patch;
mod store;
pub mod text;
mod violations;
mod window;
pub use clock::{Clock, Fixed, Timestamp};
pub use id::AccountId;
pub(crate) use id::id;
pub use patch::Patch;
pub use store::StoreError;
pub use violations::{Invalid, Violations};
pub use window::Window;
