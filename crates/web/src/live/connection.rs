//! A second handle on a client's connection.
use std::{
    net::{Shutdown, TcpStream},
    sync::Arc,
};

/// Shuts the connection of a socket whose client does not read: a close frame would wait for the client.
#[derive(Clone, Default)]
pub struct ConnectionHandle(Option<Arc<TcpStream>>);

impl ConnectionHandle {
    pub fn of(connection: Option<TcpStream>) -> Self {
        Self(connection.map(Arc::new))
    }
    /// At once, whatever waits to be written.
    pub(super) fn cut(&self) {
        self.shut(Shutdown::Both);
    }
    /// After what was written. The client's frames still arrive, so that it reads ours to the end.
    pub(super) fn end(&self) {
        self.shut(Shutdown::Write);
    }
    fn shut(&self, half: Shutdown) {
        if let Some(connection) = &self.0 {
            // It may be gone already.
            let _ = connection.shutdown(half);
        }
    }
}
