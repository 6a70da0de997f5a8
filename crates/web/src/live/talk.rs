//! A socket into a conversation, or to the desk: history, then what is said, each message once and in order.
use super::{Job, Outbox, Program, Told};
use crate::http::Refusal;
use domain::{
    messaging::{
        ClientId, Cursor, Feed, Hint, Message, MessagingService, Seat, Sent, Seq, Text, ports::Waiting,
    },
    shared::{AccountId, Window},
};
use std::sync::Arc;

/// Messages of one page of history ...
const PAGE: u16 = 100;
/// ... and bytes of their texts, but for the last one.
const PAGE_BYTES: usize = 128 * 1024;

/// A family's frames.
pub(crate) trait Speech: Send {
    fn frame(&self, message: &Message) -> String;
    /// What the client's frame asks for; nothing, if the family ignores such a frame.
    ///
    /// # Errors
    /// What is wrong with a message that would otherwise be one.
    fn hear(&self, frame: &str) -> Result<Option<Utterance>, Refused>;
    /// Somebody came into their support room, or left it.
    fn presence(&self, who: AccountId, here: bool) -> Option<String>;
}

/// A message that a client wants to be stored.
pub(crate) struct Utterance {
    /// At the desk: for whom.
    pub to: Option<AccountId>,
    pub text: Text,
    pub client_id: Option<ClientId>,
}

pub(crate) struct Refused {
    pub why: String,
    /// As far as it can be told which message it was.
    pub client_id: Option<String>,
}

impl Refused {
    /// What was not stored, and why: the same for all families, which had no such frame.
    pub(super) fn frame(&self) -> String {
        let mut frame = serde_json::json!({ "error": self.why });
        if let Some(client_id) = &self.client_id {
            frame["client_id"] = client_id.as_str().into();
        }
        frame.to_string()
    }
}

pub(crate) struct Talk {
    service: Arc<MessagingService>,
    seat: Seat,
    speech: Box<dyn Speech>,
    cursor: Cursor,
    /// At the desk: where in what waits for an answer the client is; `None` when it has seen all of that.
    waiting: Option<Option<Waiting>>,
    /// Tells the staff when it closes.
    announced: bool,
    /// What the client calls the message that is being stored.
    storing: Option<ClientId>,
}

pub(crate) enum News {
    Page(Page),
    Waiting(Page),
}

/// As much as one client is given at once.
pub(crate) struct Page {
    messages: Vec<Message>,
    /// There may be more.
    more: bool,
}

impl Page {
    fn of(mut messages: Vec<Message>) -> Self {
        let (mut bytes, full) = (0, messages.len() == usize::from(PAGE));
        let enough = messages.iter().position(|message| {
            bytes += message.text.len();
            bytes > PAGE_BYTES
        });
        let cut = enough.is_some_and(|last| last + 1 < messages.len());
        messages.truncate(enough.map_or(usize::MAX, |last| last + 1));
        Self { messages, more: full || cut }
    }
}

impl Talk {
    /// From the first message, or from the one after `after_id`.
    pub(crate) fn new(
        service: Arc<MessagingService>,
        seat: Seat,
        speech: Box<dyn Speech>,
        after: Seq,
    ) -> Self {
        let cursor = Cursor::after(after);
        Self { service, seat, speech, cursor, waiting: None, announced: false, storing: None }
    }

    /// Begins with what waits for an answer. What was said at the desk up to `after` is not told otherwise.
    pub(crate) fn with_what_waits(self) -> Self {
        Self { waiting: Some(None), ..self }
    }

    /// The staff hear of this socket's coming, and of its going.
    pub(crate) fn announced(self) -> Self {
        Self { announced: true, ..self }
    }

    /// To its sender's sockets a message carries the name that they gave it; to nobody else's.
    fn frame(&self, mut message: Message) -> String {
        if message.sender != self.seat.account() {
            message.client_id = None;
        }
        self.speech.frame(&message)
    }

    fn hear(&mut self, message: &Message, out: &mut Outbox) {
        let Some(seq) = self.seat.position(message) else { return };
        // The staff see nothing but by the store, which notes whose room was seen.
        if self.seat.feed() == Feed::Desk {
            self.cursor.hear_of(seq);
        } else if self.cursor.hear(seq) {
            out.push(self.frame(message.clone()));
        }
    }
}

impl Program for Talk {
    type News = News;
    type Deed = Sent;

    fn opened(&mut self) {
        if self.announced {
            self.service.arrive(self.seat);
        }
    }

    fn heard(&mut self, told: Told, out: &mut Outbox) {
        match told {
            Told::UpTo(seq) => self.cursor.hear_of(seq),
            Told::Glance(_) => {}
            Told::Hint(hint) => match &*hint {
                Hint::Said(message) => self.hear(message, out),
                Hint::Arrived(who) => {
                    self.speech.presence(*who, true).into_iter().for_each(|f| out.mention(f))
                }
                Hint::Left(who) => self.speech.presence(*who, false).into_iter().for_each(|f| out.mention(f)),
                Hint::Rang(_) | Hint::Recounted(_) => {}
            },
        }
    }

    fn lagged(&mut self) {
        self.cursor.doubt();
    }

    fn due(&mut self) -> Option<Job<News>> {
        let (service, seat) = (self.service.clone(), self.seat);
        if let Some(place) = self.waiting {
            let window = place.map_or_else(Window::first, Window::after).narrowed(PAGE);
            return Some(Box::new(move || Ok(News::Waiting(Page::of(service.waiting(seat, window)?)))));
        }
        let after = self.cursor.begin()?;
        Some(Box::new(move || {
            Ok(News::Page(Page::of(service.read(seat, Window::after(after).narrowed(PAGE))?)))
        }))
    }

    fn read(&mut self, result: Result<News, Refusal>, out: &mut Outbox) {
        match result {
            Ok(News::Page(Page { messages, more })) => {
                let last = messages.last().and_then(|message| self.seat.position(message));
                messages.into_iter().for_each(|message| out.recall(self.frame(message)));
                self.cursor.end(last, more);
            }
            Ok(News::Waiting(Page { messages, more })) => {
                let last = messages.last().and_then(|m| Some((m.room.owner()?, m.seq)));
                // What was said since the socket came is told in its turn.
                let before = |m: &Message| m.desk_seq.is_some_and(|seq| self.cursor.has_seen(seq));
                let frames: Vec<_> = messages.into_iter().filter(before).map(|m| self.frame(m)).collect();
                frames.into_iter().for_each(|frame| out.recall(frame));
                self.waiting = more.then_some(last);
            }
            Err(_logged) => self.cursor.fail(),
        }
    }

    fn said(&mut self, text: &str, out: &mut Outbox) -> Option<Job<Sent>> {
        let heard = self.speech.hear(text);
        let utterance = heard.map_err(|refused| out.push(refused.frame())).ok().flatten()?;
        self.storing = utterance.client_id.clone();
        let (service, seat) = (self.service.clone(), self.seat);
        Some(Box::new(move || {
            let Utterance { to, text, client_id } = utterance;
            Ok(service.say(seat, to, text, client_id)?)
        }))
    }

    fn done(&mut self, result: Result<Sent, Refusal>, out: &mut Outbox) {
        let client_id = self.storing.take().map(|id| id.as_str().to_owned());
        match result {
            Ok(Sent { message, again, deleted }) => {
                let seen = self.seat.position(&message).is_none_or(|seq| self.cursor.has_seen(seq));
                // What is read later brings its own echo.
                if deleted || (again && seen) {
                    out.push(self.frame(message));
                } else {
                    self.hear(&message, out);
                }
            }
            Err(why) => out.push(Refused { why: why.to_string(), client_id }.frame()),
        }
    }

    fn closed(&mut self) {
        if self.announced {
            self.service.leave(self.seat);
        }
    }
}
