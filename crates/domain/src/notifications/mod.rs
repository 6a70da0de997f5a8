//! Notifications: each tells a person of something that somebody else did.
mod error;
mod event;
mod notice;
pub mod ports;
mod service;
pub use error::{NotificationError, Result};
pub use event::{NotificationCreated, UnreadChanged, owner_of, topic_of};
pub use notice::{NewNotification, Notice, NoticeCode, Notification, NotificationId};
pub use service::{NotificationService, Summary};
