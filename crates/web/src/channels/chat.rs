//! A socket into a conversation, or into the support inbox: history, then what is said, each message once and in order.
use super::frames::{IncomingMessage, Refused, refusal};
use crate::{
    http::Refusal,
    live::{EventSource, HubEvent, Outbox, SocketHandler, Task},
};
use domain::{
    crisis::StaffAlert,
    events::{Cursor, Event, Seq, Topic},
    messaging::{
        ChatAccess, ClientId, Message, MessageSent, MessagingService, PeerArrived, PeerLeft, Room, Sent,
        Stream, ports::Waiting,
    },
    shared::{AccountId, Page},
};
use std::{collections::BTreeSet, sync::Arc};

/// Messages of one page of history ...
const PAGE: u16 = 100;
/// ... and bytes of their texts, but for the last one.
const PAGE_BYTES: usize = 128 * 1024;

/// A family's frames.
pub(crate) trait FrameCodec: Send {
    fn encode(&self, message: &Message) -> String;
    /// What the client's frame asks for; nothing, if the family ignores such a frame.
    ///
    /// # Errors
    /// What is wrong with a message that would otherwise be one.
    fn decode(&self, frame: &str) -> Result<Option<IncomingMessage>, Refused>;
    /// Somebody came into their support room, or left it.
    fn presence(&self, who: AccountId, here: bool) -> Option<String>;
    /// Somebody raised an alarm that the staff should look at.
    fn alert(&self, _alert: &StaffAlert) -> Option<String> {
        None
    }
}

pub(crate) struct ChatSocket {
    service: Arc<MessagingService>,
    access: ChatAccess,
    codec: Box<dyn FrameCodec>,
    cursor: Cursor,
    backlog: Backlog,
    /// Tells the staff when it closes.
    announced: bool,
    /// What the client calls the message that is being stored.
    storing: Option<ClientId>,
    /// Whether the client hears its own message again when it gave it no name.
    echoes_unnamed: bool,
    /// The numbers of those that it does not hear again, as far as the cursor has not passed them.
    unechoed: BTreeSet<Seq>,
    /// While such a message is being stored.
    held: Option<Held>,
}

/// What comes while a message without an echo is being stored: only its number will tell which of it is that message.
#[derive(Default)]
struct Held {
    /// Events told of messages up to here.
    told: Seq,
    page: Option<MessagePage>,
}

/// Support messages that wait for an answer, and are sent before all else.
#[derive(Clone, Copy)]
enum Backlog {
    /// Sent, or not wanted.
    Done,
    FromStart,
    After(Waiting),
}

pub(crate) enum Fetched {
    Messages(MessagePage),
    Backlog(MessagePage),
}

/// As much as one client is given at once.
pub(crate) struct MessagePage {
    messages: Vec<Message>,
    /// There may be more.
    more: bool,
}

impl MessagePage {
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

impl ChatSocket {
    /// From the first message, or from the one after `after_id`.
    pub(crate) fn new(
        service: Arc<MessagingService>,
        access: ChatAccess,
        codec: Box<dyn FrameCodec>,
        after: Seq,
    ) -> Self {
        Self {
            service,
            access,
            codec,
            cursor: Cursor::after(after),
            backlog: Backlog::Done,
            announced: false,
            storing: None,
            echoes_unnamed: true,
            unechoed: BTreeSet::new(),
            held: None,
        }
    }

    /// Begins with what waits for an answer. What came into the inbox up to `after` is not told otherwise.
    pub(crate) fn with_backlog(self) -> Self {
        Self { backlog: Backlog::FromStart, ..self }
    }

    /// The staff hear of this socket's coming, and of its going.
    pub(crate) fn announced(self) -> Self {
        Self { announced: true, ..self }
    }

    /// A client that names its messages waits for their echo. One that does not shows them by itself, and with an echo twice.
    pub(crate) fn without_unnamed_echo(self) -> Self {
        Self { echoes_unnamed: false, ..self }
    }

    /// To its sender's sockets a message carries the name that they gave it; to nobody else's.
    fn frame(&self, mut message: Message) -> String {
        if message.sender != self.access.account() {
            message.client_id = None;
        }
        self.codec.encode(&message)
    }

    fn on_message(&mut self, message: &Message, out: &mut Outbox) {
        let Some(seq) = self.access.position(message) else { return };
        if let Some(held) = &mut self.held {
            held.told = held.told.max(seq);
        } else if self.access.is_of_staff() {
            // The staff see nothing but by the store, which notes whose room was seen.
            self.cursor.observe(seq);
        } else if self.cursor.accept(seq) && !self.unechoed.remove(&seq) {
            out.push_live(self.frame(message.clone()));
        }
    }

    fn on_page(&mut self, MessagePage { messages, more }: MessagePage, out: &mut Outbox) {
        let last = messages.last().and_then(|message| self.access.position(message));
        for message in messages {
            if !self.unechoed.remove(&message.seq) {
                out.push_history(self.frame(message));
            }
        }
        self.cursor.fetched(last, more);
    }

    fn on_domain_event(&mut self, event: &Event, out: &mut Outbox) {
        if let Some(MessageSent(message)) = event.downcast_ref() {
            return self.on_message(message, out);
        }
        let arrived = event.downcast_ref().map(|PeerArrived(who)| self.codec.presence(*who, true));
        let left = event.downcast_ref().map(|PeerLeft(who)| self.codec.presence(*who, false));
        let alert = event.downcast_ref().map(|alert| self.codec.alert(alert));
        arrived.or(left).or(alert).flatten().into_iter().for_each(|frame| out.push_optional(frame));
    }
}

impl SocketHandler for ChatSocket {
    type Fetched = Fetched;
    type Output = Sent;

    fn opened(&mut self) {
        if self.announced {
            self.service.arrive(self.access);
        }
    }

    fn on_event(&mut self, event: HubEvent, out: &mut Outbox) {
        match event {
            HubEvent::UpTo(seq) => self.cursor.observe(seq),
            HubEvent::Event(event) => self.on_domain_event(&event, out),
            HubEvent::Snapshot(_) => {}
        }
    }

    fn mark_gap(&mut self) {
        self.cursor.mark_gap();
    }

    fn next_fetch(&mut self) -> Option<Task<Fetched>> {
        let (service, access) = (self.service.clone(), self.access);
        let page = match self.backlog {
            Backlog::Done => None,
            Backlog::FromStart => Some(Page::first()),
            Backlog::After(last) => Some(Page::after(last)),
        };
        if let Some(page) = page {
            let page = page.with_limit(PAGE);
            return Some(Box::new(move || {
                Ok(Fetched::Backlog(MessagePage::of(service.waiting(access, page)?)))
            }));
        }
        let page = Page::after(self.cursor.next_fetch()?).with_limit(PAGE);
        Some(Box::new(move || Ok(Fetched::Messages(MessagePage::of(service.read(access, page)?)))))
    }

    fn fetched(&mut self, result: Result<Fetched, Refusal>, out: &mut Outbox) {
        match result {
            Ok(Fetched::Messages(page)) => match &mut self.held {
                Some(held) => held.page = Some(page),
                None => self.on_page(page, out),
            },
            Ok(Fetched::Backlog(MessagePage { messages, more })) => {
                let last = messages.last().and_then(|m| Some((m.room.owner()?, m.seq)));
                // What was said since the socket came is told in its turn.
                let before = |m: &Message| m.inbox_seq.is_some_and(|seq| self.cursor.has_seen(seq));
                let frames: Vec<_> = messages.into_iter().filter(before).map(|m| self.frame(m)).collect();
                frames.into_iter().for_each(|frame| out.push_history(frame));
                self.backlog = match last {
                    _ if !more => Backlog::Done,
                    Some(last) => Backlog::After(last),
                    None => Backlog::FromStart,
                };
            }
            Err(_logged) => self.cursor.fetch_failed(),
        }
    }

    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Task<Sent>> {
        let read = self.codec.decode(text);
        let message = read.map_err(|refused| out.push_live(refused.frame())).ok().flatten()?;
        self.storing = message.client_id.clone();
        self.held = (!self.echoes_unnamed && self.storing.is_none()).then(Held::default);
        let (service, access) = (self.service.clone(), self.access);
        Some(Box::new(move || {
            let IncomingMessage { to, text, client_id } = message;
            Ok(service.say(access, to, text, client_id)?)
        }))
    }

    fn done(&mut self, result: Result<Sent, Refusal>, out: &mut Outbox) {
        let client_id = self.storing.take().map(|id| id.as_str().to_owned());
        let held = self.held.take();
        // After a failure it may be stored all the same. Then it is told: its sender has no other way to know.
        if let (Some(_), Ok(Sent { message, .. })) = (&held, &result) {
            self.unechoed.insert(message.seq);
        }
        match result {
            Ok(Sent { message, again, deleted }) => {
                let seen = self.access.position(&message).is_none_or(|seq| self.cursor.has_seen(seq));
                // What is read later brings its own echo.
                if deleted || (again && seen) {
                    out.push_live(self.frame(message));
                } else {
                    self.on_message(&message, out);
                }
            }
            Err(why) => out.push_live(Refused { why: why.to_string(), client_id }.frame()),
        }
        if let Some(Held { told, page }) = held {
            page.into_iter().for_each(|page| self.on_page(page, out));
            self.cursor.observe(told);
        }
    }

    fn refusal(&self, why: &str, text: Option<&str>) -> String {
        refusal(why, text)
    }

    fn closed(&mut self) {
        if self.announced {
            self.service.leave(self.access);
        }
    }
}

/// How far the conversations and the support inbox go.
pub struct ChatSource(pub Arc<MessagingService>);

impl EventSource for ChatSource {
    fn state_of(&self, topics: &[Topic]) -> Result<Vec<(Topic, HubEvent)>, Refusal> {
        let streams = || topics.iter().copied().filter_map(Stream::of);
        let rooms: Vec<Room> = streams()
            .filter_map(|stream| match stream {
                Stream::Room(room) => Some(room),
                Stream::SupportInbox => None,
            })
            .collect();
        let inbox = streams().find(|stream| *stream == Stream::SupportInbox);
        let inbox = inbox.map(|inbox| Ok::<_, Refusal>((inbox, self.0.last_in_inbox()?))).transpose()?;
        let rooms = self.0.last_in(&rooms)?.into_iter().map(|(room, last)| (Stream::Room(room), last));
        let up_to = |(stream, last): (Stream, Seq)| (stream.topic(), HubEvent::UpTo(last));
        Ok(inbox.into_iter().chain(rooms).map(up_to).collect())
    }
}

#[cfg(test)]
mod tests;
