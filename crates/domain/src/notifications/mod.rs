//! The bell: short lines that tell a person of something that somebody else did.
mod error;
mod notice;
pub mod ports;
mod service;
pub use error::{NotificationError, Result};
pub use notice::{Notice, Notification, NotificationId};
pub use service::{Glance, NotificationService};
