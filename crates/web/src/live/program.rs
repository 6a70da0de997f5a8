//! What a kind of socket does. It never waits: whatever blocks is a job for the loop to run.
use super::{Outbox, Told};
use crate::http::Problem;

/// Work for a thread that may block.
pub(crate) struct Job<T> {
    pub work: Box<dyn FnOnce() -> Result<T, Problem> + Send>,
    /// Tried again after a pause when it fails; nobody waits for an answer.
    pub patient: bool,
}

impl<T> Job<T> {
    /// Somebody waits for what comes of it.
    pub(crate) fn now(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Self {
        Self { work: Box::new(work), patient: false }
    }
    /// Reading what is due. [`Program::due`] is asked again when it fails.
    pub(crate) fn reading(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Self {
        Self { work: Box::new(work), patient: true }
    }
}

pub(crate) trait Program: 'static {
    /// What a job brings.
    type News: Send + 'static;

    /// The socket is open.
    fn opened(&mut self) {}
    fn heard(&mut self, told: Told, out: &mut Outbox);
    /// Hints were lost.
    fn lagged(&mut self);
    /// What is to be read now, if anything. Asked while no job runs and the client has been sent all history.
    fn due(&mut self) -> Option<Job<Self::News>>;
    /// The client said this.
    fn said(&mut self, text: &str, out: &mut Outbox) -> Option<Job<Self::News>>;
    fn done(&mut self, result: Result<Self::News, Problem>, out: &mut Outbox);
    /// The socket is closed.
    fn closed(&mut self) {}
}
