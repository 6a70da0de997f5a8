//! Messages, their readers, and the subscribers of the bus.
use crate::support::{Node, TestStore, at};
use domain::{
    audit::{AuditAction, AuditEntry},
    events::{
        Event,
        ports::{EventBus, Subscriber},
    },
    identity::Caller,
    messaging::{ClientId, Message, MessageSent, PeerArrived, PeerLeft, Room, Sending, Seq, Text},
    notifications::{Notification, NotificationCreated, UnreadChanged},
    shared::{AccountId, Page},
};
use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

pub(crate) fn between(one: &Caller, other: &Caller) -> Room {
    Room::of(one.id(), other.id())
}

pub(crate) fn support_of(owner: &Caller) -> Room {
    Room::support(owner.id())
}

pub(crate) fn saying(room: Room, sender: &Caller, text: &str) -> Sending {
    Sending {
        room,
        sender: sender.id(),
        from_staff: false,
        text: Text::parse(text).unwrap(),
        client_id: None,
        audit: None,
        at: at(50),
    }
}

/// The same, under the name that the client gave it.
pub(crate) fn named(sending: Sending, client_id: &str) -> Sending {
    Sending { client_id: Some(ClientId::parse(client_id).unwrap()), ..sending }
}

/// What somebody of the staff says in the support room of another.
pub(crate) fn answering(staff: &Caller, owner: &Caller, text: &str) -> Sending {
    let answered = AuditEntry {
        actor: Some(staff.id()),
        ..AuditEntry::own(owner.id(), AuditAction::SupportAnswered, at(51))
    };
    Sending { from_staff: true, audit: Some(answered), ..saying(support_of(owner), staff, text) }
}

/// The audit log entries of two people whose conversation one of them deletes.
pub(crate) fn deletion(by: &Caller, room: Room) -> Vec<AuditEntry> {
    let entry = |whose| AuditEntry {
        actor: Some(by.id()),
        ..AuditEntry::own(whose, AuditAction::ConversationDeleted, at(60))
    };
    room.people().map(entry).collect()
}

impl Node {
    pub(crate) fn say(&self, sending: &Sending) -> Message {
        self.messages.send(sending).unwrap().message
    }

    /// Says these texts, one after the other.
    pub(crate) fn says(&self, room: Room, sender: &Caller, texts: &[&str]) {
        texts.iter().for_each(|text| drop(self.say(&saying(room, sender, text))));
    }

    pub(crate) fn since(&self, room: Room, seq: i64) -> Vec<Message> {
        self.messages.since(room, Page::after(Seq::new(seq))).unwrap()
    }

    pub(crate) fn clear(&self, by: &Caller, room: Room) {
        self.messages.clear(room, &deletion(by, room)).unwrap();
    }

    /// Until nothing is left to erase. Of how many each step was.
    pub(crate) fn erase_all(&self) -> Vec<usize> {
        std::iter::repeat_with(|| self.messages.erase_cleared().unwrap()).take_while(|n| *n > 0).collect()
    }
}

impl TestStore {
    /// Another server on the same database.
    pub(crate) fn second_node(&self) -> Node {
        Node::open(&self.database)
    }

    /// Another server on the same database, with this bus.
    pub(crate) fn node_on(&self, bus: Arc<dyn EventBus>) -> Node {
        Node::with(&self.database, bus)
    }
}

pub(crate) fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|m| m.text.as_str()).collect()
}

pub(crate) fn numbers(messages: &[Message]) -> Vec<i64> {
    messages.iter().map(|m| m.seq.get()).collect()
}

pub(crate) fn inbox_numbers(messages: &[Message]) -> Vec<i64> {
    messages.iter().filter_map(|m| m.inbox_seq.map(Seq::get)).collect()
}

/// An event of any kind, to be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KnownEvent {
    Sent(Message),
    Created(Notification),
    UnreadChanged(AccountId),
    Arrived(AccountId),
    Left(AccountId),
}

impl KnownEvent {
    pub(crate) fn of(event: &Event) -> Self {
        let arrived = None
            .or_else(|| event.downcast_ref().map(|MessageSent(message)| Self::Sent(message.clone())))
            .or_else(|| event.downcast_ref().map(|NotificationCreated(line)| Self::Created(line.clone())))
            .or_else(|| event.downcast_ref().map(|UnreadChanged(owner)| Self::UnreadChanged(*owner)))
            .or_else(|| event.downcast_ref().map(|PeerArrived(who)| Self::Arrived(*who)))
            .or_else(|| event.downcast_ref().map(|PeerLeft(who)| Self::Left(*who)));
        arrived.unwrap_or_else(|| panic!("an event that no test knows: {event:?}"))
    }

    pub(crate) fn event(self) -> Event {
        match self {
            Self::Sent(message) => Event::new(MessageSent(message)),
            Self::Created(line) => Event::new(NotificationCreated(line)),
            Self::UnreadChanged(owner) => Event::new(UnreadChanged(owner)),
            Self::Arrived(who) => Event::new(PeerArrived(who)),
            Self::Left(who) => Event::new(PeerLeft(who)),
        }
    }
}

/// A subscriber that remembers.
#[derive(Default)]
pub(crate) struct Recorder {
    events: Mutex<Vec<KnownEvent>>,
    arrived: Condvar,
    interruptions: AtomicUsize,
}

impl Recorder {
    /// A new subscriber of this bus.
    pub(crate) fn on(bus: &dyn EventBus) -> Arc<Self> {
        let recorder = Arc::new(Self::default());
        bus.subscribe(recorder.clone());
        recorder
    }

    pub(crate) fn events(&self) -> Vec<KnownEvent> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn interruptions(&self) -> usize {
        self.interruptions.load(SeqCst)
    }

    /// Returns what was heard when that many events have come, or the time is over.
    pub(crate) fn after(&self, count: usize, patience: Duration) -> Vec<KnownEvent> {
        let events = self.events.lock().unwrap();
        self.arrived.wait_timeout_while(events, patience, |events| events.len() < count).unwrap().0.clone()
    }
}

impl Subscriber for Recorder {
    fn on_event(&self, event: &Event) {
        self.events.lock().unwrap().push(KnownEvent::of(event));
        self.arrived.notify_all();
    }
    fn interrupted(&self) {
        self.interruptions.fetch_add(1, SeqCst);
    }
}

/// How long it takes until this is so. Fails when it takes longer than `limit`.
pub(crate) fn soon(what: &str, limit: Duration, is_so: impl Fn() -> bool) -> Duration {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
    since.elapsed()
}
