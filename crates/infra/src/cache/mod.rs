//! Unread counts at hand: the same port in this process, over Redis, and not at all.
mod in_process;
mod none;
mod redis;
pub use in_process::InProcessUnreadCounts;
pub use none::NoUnreadCounts;
pub use redis::{RedisUnreadCounts, check_redis_url};
