//! Unread counts at hand: the same port in this process, and not at all.
mod in_process;
mod none;
pub use in_process::InProcessUnreadCounts;
pub use none::NoUnreadCounts;
