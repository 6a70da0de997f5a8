//! What is known of one connection beside its stream.
use actix_web::HttpRequest;
use std::{
    net::{Shutdown, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
};

/// A second handle on a client's connection, and what its stream and its requests tell of themselves.
#[derive(Default)]
pub struct Connection {
    handle: Option<TcpStream>,
    /// Beyond the limit of open connections: nothing but health is answered here.
    pub(crate) only_health: bool,
    /// A trusted proxy keeps its connections between the requests of others.
    pub(super) of_proxy: bool,
    /// Requests that were read so far.
    pub(super) requests: AtomicU32,
    /// Requests whose answer has not been handed over whole.
    pub(super) in_progress: AtomicU32,
    /// Bytes that the system took.
    pub(super) written: AtomicU64,
    /// The system takes no more bytes: the client does not read.
    pub(super) blocked: AtomicBool,
    /// The rest of a body that nobody waits for any more.
    pub(super) unread_body: AtomicBool,
}

impl Connection {
    pub(super) fn new(handle: Option<TcpStream>, only_health: bool, of_proxy: bool) -> Self {
        Self { handle, only_health, of_proxy, ..Self::default() }
    }

    pub(crate) fn begin_request(self: &Arc<Self>) -> RequestInProgress {
        self.requests.fetch_add(1, Relaxed);
        self.in_progress.fetch_add(1, Relaxed);
        RequestInProgress(self.clone())
    }

    /// A body was not read to its end: no other request can follow it.
    pub(crate) fn leave_body(&self) {
        self.unread_body.store(true, Relaxed);
    }

    pub(crate) fn must_close(&self) -> bool {
        self.only_health || self.unread_body.load(Relaxed)
    }

    /// At once, whatever waits to be written: a close frame would wait for a client that does not read.
    pub(crate) fn cut(&self) {
        self.shut(Shutdown::Both);
    }

    /// After what was written. The client's frames still arrive, so that it reads ours to the end.
    pub(crate) fn end(&self) {
        self.shut(Shutdown::Write);
    }

    fn shut(&self, half: Shutdown) {
        if let Some(handle) = &self.handle {
            // It may be gone already.
            let _ = handle.shutdown(half);
        }
    }
}

/// `None` in unit tests, which have no connection.
pub(crate) fn of_request(request: &HttpRequest) -> Option<&Arc<Connection>> {
    request.conn_data::<Arc<Connection>>()
}

/// From the head of a request until its answer is handed over.
pub(crate) struct RequestInProgress(Arc<Connection>);

impl Drop for RequestInProgress {
    fn drop(&mut self) {
        self.0.in_progress.fetch_sub(1, Relaxed);
    }
}
