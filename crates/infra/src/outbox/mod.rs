//! The store of messages that wait to be sent: steps for the changes that cause them, and for the queues that send them.
mod bounce;
mod letter_queue;
mod queue;
mod rows;
mod steps;
mod stored;
pub(crate) use bounce::{Bounce, bounce};
pub use letter_queue::DieselLetterQueue;
pub(crate) use queue::Queue;
pub(crate) use rows::StatusRow;
pub(crate) use steps::{add, cancel, finish, hurry, take, withhold};
pub(crate) use stored::read_stored;
