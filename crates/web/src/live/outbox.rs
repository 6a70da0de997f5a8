//! What waits to be written to one client.
use actix_web::web::Bytes;
use actix_ws::{Closed, Session};
use std::collections::VecDeque;

/// Frames that may wait for a client to read on ...
const FRAMES: usize = 64;
/// ... and bytes of them.
const BYTES: usize = 256 * 1024;

#[derive(Default)]
pub struct Outbox {
    /// In the order in which they are sent.
    frames: VecDeque<Frame>,
    /// Frames of a page of history: the next page is read when these are gone, so a client may take its time over them.
    history: usize,
    /// Bytes of the others, which tell what happens. With these a client has to keep up.
    live_bytes: usize,
    ping: bool,
    pong: Option<Bytes>,
}

struct Frame {
    text: String,
    live: bool,
}

impl Outbox {
    /// A frame of a page of history.
    pub fn push_history(&mut self, text: String) {
        self.history += 1;
        self.frames.push_back(Frame { text, live: false });
    }
    /// What happens now.
    pub fn push_live(&mut self, text: String) {
        self.live_bytes += text.len();
        self.frames.push_back(Frame { text, live: true });
    }
    /// What may as well be left out: only while the client keeps up easily.
    pub fn push_optional(&mut self, text: String) {
        if self.frames.len() < FRAMES / 4 {
            self.push_live(text);
        }
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
        self.history == 0
    }
    pub(super) fn is_empty(&self) -> bool {
        !self.ping && self.pong.is_none() && self.frames.is_empty()
    }
    /// The client does not read what happens.
    pub(crate) fn is_over(&self) -> bool {
        self.frames.len() - self.history > FRAMES || self.live_bytes > BYTES
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
        } else if let Some(Frame { text, live }) = self.frames.front() {
            session.text(text.clone()).await?;
            if *live {
                self.live_bytes -= text.len();
            } else {
                self.history -= 1;
            }
            self.frames.pop_front();
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

    impl Outbox {
        /// What would be sent, in order.
        pub(crate) fn texts(&self) -> Vec<String> {
            self.frames.iter().map(|frame| frame.text.clone()).collect()
        }
    }

    #[test]
    fn a_page_of_history_does_not_overtake_what_was_said_before_it() {
        let mut out = Outbox::default();
        out.push_live("120".into());
        out.push_history("121".into());
        out.push_live("122".into());
        assert_eq!(out.texts(), ["120", "121", "122"]);
    }

    #[test]
    fn a_client_may_take_its_time_over_history_but_not_over_what_happens() {
        let mut out = Outbox::default();
        (0..1000).for_each(|_| out.push_history("x".repeat(1000)));
        assert!(!out.is_over());
        (0..FRAMES).for_each(|_| out.push_live("x".into()));
        assert!(!out.is_over());
        out.push_live("x".into());
        assert!(out.is_over());

        let mut out = Outbox::default();
        (0..1000).for_each(|_| out.push_optional("x".into()));
        assert_eq!(out.frames.len(), FRAMES / 4);

        let mut out = Outbox::default();
        out.push_live("x".repeat(BYTES));
        assert!(!out.is_over());
        out.push_live("x".into());
        assert!(out.is_over());
    }
}
