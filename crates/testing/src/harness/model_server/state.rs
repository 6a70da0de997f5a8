//! What the connections of one model share.
use crate::ReceivedRequest;
use serde_json::Value;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

/// How it behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ModelMode {
    /// Answers [`ModelServer::ANSWER`](super::ModelServer::ANSWER); in pieces if it is asked to.
    #[default]
    Ok,
    /// As `Ok`, in these words.
    Says(String),
    /// As `Ok`, in one piece whatever was asked.
    Whole,
    /// So long before the answer.
    Slow(Duration),
    /// Requests are read, and nothing is answered.
    Hang,
    /// With words that nobody may hear of.
    Status(u16),
    /// 200 with something that is neither JSON nor events.
    Garbage,
    /// An answer of blanks.
    Empty,
    /// 307 to another path of its own.
    Redirect,
    /// An answer of 2 MiB.
    Huge,
    /// As `Ok`, one byte a second.
    Drip,
    /// So many times it closes the connection without an answer, then it is `Ok`.
    BreakBeforeAnswer(usize),
    /// Closes the connection in the middle of its answer.
    BreakMidStream,
}

/// A question as the model has heard it.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    pub received: ReceivedRequest,
    /// `Null` if it is not JSON.
    pub body: Value,
}

impl ModelRequest {
    pub fn authorization(&self) -> Option<&str> {
        self.received.header("authorization")
    }

    /// Its body as it came.
    pub fn raw(&self) -> &str {
        &self.received.body
    }

    pub fn is_streamed(&self) -> bool {
        self.body["stream"] == true
    }
}

#[derive(Default)]
pub(super) struct State {
    mode: Mutex<ModelMode>,
    requests: Mutex<Vec<ModelRequest>>,
    open: AtomicUsize,
    cancelled: AtomicUsize,
}

impl State {
    pub(super) fn set(&self, mode: ModelMode) {
        *self.mode.lock().unwrap() = mode;
    }

    /// Of one request.
    pub(super) fn mode(&self) -> ModelMode {
        let mut mode = self.mode.lock().unwrap();
        let now = mode.clone();
        if let ModelMode::BreakBeforeAnswer(times) = now {
            *mode = if times > 1 { ModelMode::BreakBeforeAnswer(times - 1) } else { ModelMode::Ok };
        }
        now
    }

    pub(super) fn keep(&self, request: ModelRequest) {
        self.requests.lock().unwrap().push(request);
    }

    pub(super) fn requests(&self) -> Vec<ModelRequest> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, SeqCst);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, SeqCst);
    }

    pub(super) fn cancel(&self) {
        self.cancelled.fetch_add(1, SeqCst);
    }

    pub(super) fn connections(&self) -> usize {
        self.open.load(SeqCst)
    }

    pub(super) fn cancelled(&self) -> usize {
        self.cancelled.load(SeqCst)
    }
}
