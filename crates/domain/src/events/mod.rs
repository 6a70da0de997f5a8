//! What is told after a commit, and to whom. This module knows no other one: each module brings its own events.
//!
//! An event may be lost, doubled or late. A subscriber checks each against what it has seen, and reads the store when in
//! doubt (`docs/decisions/0011-events-and-one-truth.md`).
mod cursor;
mod event;
pub mod ports;
mod seq;
mod topic;
pub use cursor::Cursor;
pub use event::{Event, EventBody};
pub use seq::Seq;
pub use topic::{Topic, TopicAt};
