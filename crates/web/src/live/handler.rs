//! What a kind of socket does. A handler never waits: whatever blocks is a task for the loop to run.
use super::{HubEvent, Outbox, Task};
use crate::http::Refusal;

pub trait SocketHandler: 'static {
    /// What a fetch brings from the store.
    type Fetched: Send + 'static;
    /// What comes of something that the client sent.
    type Output: Send + 'static;

    /// The socket is open.
    fn opened(&mut self) {}
    fn on_event(&mut self, _event: HubEvent, _out: &mut Outbox) {}
    /// Events were lost.
    fn mark_gap(&mut self) {}
    /// What to read from the store now, if anything. Asked while no fetch is under way and the client has been sent all
    /// history.
    fn next_fetch(&mut self) -> Option<Task<Self::Fetched>> {
        None
    }
    /// The fetch is done. After a failure there is a pause, and [`next_fetch`](Self::next_fetch) is asked again.
    fn fetched(&mut self, _result: Result<Self::Fetched, Refusal>, _out: &mut Outbox) {}
    /// The client sent this. What it sends next waits until the task is done.
    fn on_text(&mut self, _text: &str, _out: &mut Outbox) -> Option<Task<Self::Output>> {
        None
    }
    fn done(&mut self, _result: Result<Self::Output, Refusal>, _out: &mut Outbox) {}
    /// The frame that tells the client why something is refused: the text that it sent, or (`None`) the socket.
    fn refusal(&self, why: &str, text: Option<&str>) -> String;
    /// The socket is closed.
    fn closed(&mut self) {}
}
