//! The store of messages that wait to be sent: steps for the changes that cause them, and for the queues that send them.
mod letter_queue;
mod queue;
mod rows;
mod steps;
mod stored;
pub use letter_queue::DieselLetterQueue;
pub(crate) use queue::Queue;
pub(crate) use rows::StatusRow;
pub(crate) use steps::{add, finish, hurry, take};
