//! Resources of one account: nobody but their owner may know of them, change or delete them.
//!
//! A resource says what it is by `owned_resource!`; all else stands here once: the check that a caller owns one, the change
//! values with their audit entries, the port, and the service.
mod change;
mod own;
pub mod ports;
mod resource;
mod service;
pub use change::{Created, Edited, Removed};
pub use own::Own;
pub(crate) use resource::owned_resource;
pub use resource::{AuditActions, OwnedResource};
pub use service::OwnedService;
