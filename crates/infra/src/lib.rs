//! The outside world, behind the domain's ports.
pub mod audit;
pub mod cache;
pub mod care;
pub mod clock;
pub mod diary;
pub mod identity;
pub mod notifications;
pub mod store;
