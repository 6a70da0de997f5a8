//! The connections of clients: how many may be open, which of them only hold a place, and a way to cut one.
mod connection;
mod limiter;
mod progress;
mod stream;
mod watch;

pub use connection::Connection;
pub(crate) use connection::{RequestInProgress, of_request};
pub use limiter::{ConnectionLimiter, ConnectionPermit, Room};
pub use stream::ClientStream;
pub use watch::ConnectionWatch;
