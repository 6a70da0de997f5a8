//! What a kind of socket does. It never waits: whatever blocks is a job for the loop to run.
use super::{Job, Outbox, Told};
use crate::http::Refusal;

pub(crate) trait Program: 'static {
    /// What reading the store brings.
    type News: Send + 'static;
    /// What comes of something that the client said.
    type Deed: Send + 'static;

    /// The socket is open.
    fn opened(&mut self) {}
    fn heard(&mut self, told: Told, out: &mut Outbox);
    /// Hints were lost.
    fn lagged(&mut self);
    /// What is to be read now, if anything. Asked while nothing is read and the client has been sent all history.
    fn due(&mut self) -> Option<Job<Self::News>>;
    /// It is read. After a failure there is a pause, and [`due`](Self::due) is asked again.
    fn read(&mut self, result: Result<Self::News, Refusal>, out: &mut Outbox);
    /// The client said this. The next that it says waits until this is done.
    fn said(&mut self, text: &str, out: &mut Outbox) -> Option<Job<Self::Deed>>;
    fn done(&mut self, result: Result<Self::Deed, Refusal>, out: &mut Outbox);
    /// The socket is closed.
    fn closed(&mut self) {}
}
