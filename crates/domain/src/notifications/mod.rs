//! Notifications: each tells a person of something that somebody else did.
mod error;
mod notice;
pub mod ports;
mod service;
pub use error::{NotificationError, Result};
pub use notice::{NewNotification, Notice, NoticeCode, Notification, NotificationId};
pub use service::{Glance, NotificationService};
