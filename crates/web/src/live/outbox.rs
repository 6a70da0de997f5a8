//! What waits to be written to one client.
use actix_web::web::Bytes;
use actix_ws::{Closed, Session};
use std::collections::VecDeque;

/// Frames that may wait for a client to read on ...
const FRAMES: usize = 64;
/// ... and bytes of them.
const BYTES: usize = 256 * 1024;

#[derive(Default)]
pub(crate) struct Outbox {
    /// A page of history: the next one is read when this is gone, so a client may take its time.
    history: VecDeque<String>,
    /// What happens while the client is connected. It has to keep up with this.
    live: VecDeque<String>,
    live_bytes: usize,
    ping: bool,
    pong: Option<Bytes>,
}

impl Outbox {
    pub(crate) fn recall(&mut self, frame: String) {
        self.history.push_back(frame);
    }
    pub(crate) fn push(&mut self, frame: String) {
        self.live_bytes += frame.len();
        self.live.push_back(frame);
    }
    pub(super) fn ping(&mut self) {
        self.ping = true;
    }
    /// Of several pings that came before we could answer, the last one counts.
    pub(super) fn pong(&mut self, payload: Bytes) {
        self.pong = Some(payload);
    }

    /// Whether the client may be given more history.
    pub(super) fn history_is_sent(&self) -> bool {
        self.history.is_empty()
    }
    pub(super) fn is_empty(&self) -> bool {
        !self.ping && self.pong.is_none() && self.history.is_empty() && self.live.is_empty()
    }
    /// The client does not read what happens.
    pub(super) fn is_over(&self) -> bool {
        self.live.len() > FRAMES || self.live_bytes > BYTES
    }
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Hands the next frame over; waits as long as the client reads nothing. Nothing is lost when the wait is broken off.
    pub(super) async fn write_next(&mut self, session: &mut Session) -> Result<(), Closed> {
        if let Some(payload) = &self.pong {
            session.pong(payload).await?;
            self.pong = None;
        } else if self.ping {
            session.ping(b"").await?;
            self.ping = false;
        } else if let Some(frame) = self.history.front() {
            session.text(frame.clone()).await?;
            self.history.pop_front();
        } else if let Some(frame) = self.live.front() {
            session.text(frame.clone()).await?;
            self.live_bytes = self.live_bytes.saturating_sub(frame.len());
            self.live.pop_front();
        }
        Ok(())
    }

    pub(super) async fn write_all(&mut self, session: &mut Session) -> Result<(), Closed> {
        while !self.is_empty() {
            self.write_next(session).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_take_its_time_over_history_but_not_over_what_happens() {
        let mut out = Outbox::default();
        (0..1000).for_each(|_| out.recall("x".repeat(1000)));
        assert!(!out.is_over());
        (0..FRAMES).for_each(|_| out.push("x".into()));
        assert!(!out.is_over());
        out.push("x".into());
        assert!(out.is_over());

        let mut out = Outbox::default();
        out.push("x".repeat(BYTES));
        assert!(!out.is_over());
        out.push("x".into());
        assert!(out.is_over());
    }
}
