//! Which socket of this process follows what, and whom an event concerns.
use crate::metrics::SOCKETS_OPEN;
use domain::{
    events::{Event, Seq, Topic, TopicAt, ports::Subscriber},
    identity::{Rights, TokenHash},
    shared::AccountId,
};
use std::{
    any::Any,
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use tokio::sync::{Notify, mpsc, watch};

/// Events that wait for one socket. It reads the store instead when there are more.
const WAITING_EVENTS: usize = 64;

/// What a socket is told of its topic.
#[derive(Clone)]
pub enum HubEvent {
    Event(Event),
    /// The topic goes up to this number.
    UpTo(Seq),
    /// What the module's [`EventSource`](super::EventSource) knows about a topic that is not numbered; its handlers know
    /// the type.
    Snapshot(Arc<dyn Any + Send + Sync>),
}

/// Why the hub ends a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EvictReason {
    /// The session ended, the account was deactivated, or a right is gone.
    Unauthorized,
    /// This process stops.
    Draining,
}

/// What a socket asks to follow, and by what right.
pub(super) struct NewSubscription {
    pub account: AccountId,
    pub session: TokenHash,
    pub topic: Topic,
    /// What an open session must be allowed to go on following the topic.
    pub may_stay: fn(&Rights) -> bool,
}

struct Entry {
    asked: NewSubscription,
    events: mpsc::Sender<HubEvent>,
    lagging: Arc<AtomicBool>,
    evicted: watch::Sender<Option<EvictReason>>,
    /// Its rights were checked since it joined. Until then a change may have come between the upgrade and here.
    checked: bool,
}

/// A socket's end of the hub. It leaves the hub when this is dropped.
pub(super) struct Subscription {
    pub events: mpsc::Receiver<HubEvent>,
    pub evicted: watch::Receiver<Option<EvictReason>>,
    lagging: Arc<AtomicBool>,
    hub: Arc<Hub>,
    id: u64,
}

impl Subscription {
    /// Whether events were dropped since this was asked last.
    pub(super) fn lagged(&self) -> bool {
        self.lagging.swap(false, Relaxed)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.remove(self.id);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The account has as many sockets as it may.
    Account,
    /// This process stops.
    Draining,
}

#[derive(Default)]
struct Inner {
    last_id: u64,
    entries: HashMap<u64, Entry>,
    subscribers: HashMap<Topic, HashSet<u64>>,
    of_account: HashMap<AccountId, u32>,
    draining: bool,
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    interrupted: AtomicBool,
    interruption: Notify,
    /// Sessions could not be checked for a while: sockets are told numbers only, no confidential content.
    auth_unknown: AtomicBool,
}

impl Hub {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn join(
        self: &Arc<Self>,
        asked: NewSubscription,
        per_account: u32,
    ) -> Result<Subscription, Full> {
        let (to_socket, events) = mpsc::channel(WAITING_EVENTS);
        let (evict, evicted) = watch::channel(None);
        let lagging = Arc::<AtomicBool>::default();
        let mut inner = self.inner();
        if inner.draining {
            return Err(Full::Draining);
        }
        let open = inner.of_account.entry(asked.account).or_default();
        if *open >= per_account {
            return Err(Full::Account);
        }
        *open += 1;
        inner.last_id += 1;
        let id = inner.last_id;
        inner.subscribers.entry(asked.topic).or_default().insert(id);
        let entry =
            Entry { asked, events: to_socket, lagging: lagging.clone(), evicted: evict, checked: false };
        inner.entries.insert(id, entry);
        metrics::gauge!(SOCKETS_OPEN).increment(1);
        Ok(Subscription { events, evicted, lagging, hub: self.clone(), id })
    }

    fn remove(&self, id: u64) {
        let mut inner = self.inner();
        let Some(Entry { asked: NewSubscription { account, topic, .. }, .. }) = inner.entries.remove(&id)
        else {
            return;
        };
        if let Some(ids) = inner.subscribers.get_mut(&topic) {
            ids.remove(&id);
            if ids.is_empty() {
                inner.subscribers.remove(&topic);
            }
        }
        if let Some(open) = inner.of_account.get_mut(&account) {
            *open -= 1;
            if *open == 0 {
                inner.of_account.remove(&account);
            }
        }
        metrics::gauge!(SOCKETS_OPEN).decrement(1);
    }

    pub(super) fn tell(&self, topic: Topic, event: &HubEvent) {
        let inner = self.inner();
        let ids = inner.subscribers.get(&topic).into_iter().flatten();
        for entry in ids.filter_map(|id| inner.entries.get(id)) {
            // Never waits for one of them.
            if entry.events.try_send(event.clone()).is_err() {
                entry.lagging.store(true, Relaxed);
                // It may have taken all that waited before the flag was set: then this wakes it.
                let _ = entry.events.try_send(HubEvent::UpTo(Seq::START));
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inner().entries.is_empty()
    }

    /// Everything that somebody follows here.
    pub(super) fn topics(&self) -> Vec<Topic> {
        self.inner().subscribers.keys().copied().collect()
    }

    /// The sessions of all sockets, or of those that came since the last check.
    pub(super) fn sessions(&self, all: bool) -> Vec<TokenHash> {
        let inner = self.inner();
        let due = inner.entries.values().filter(|entry| all || !entry.checked);
        due.map(|entry| entry.asked.session.clone()).collect::<HashSet<_>>().into_iter().collect()
    }

    /// Ends the sockets whose session was asked about and may stay no longer.
    pub(super) fn evict(&self, asked: &[TokenHash], rights: &[Rights]) {
        let asked: HashSet<&TokenHash> = asked.iter().collect();
        let rights: HashMap<&TokenHash, &Rights> = rights.iter().map(|r| (&r.session, r)).collect();
        for entry in self.inner().entries.values_mut() {
            let NewSubscription { session, may_stay, .. } = &entry.asked;
            if !asked.contains(session) {
                continue;
            }
            entry.checked = true;
            if !rights.get(session).is_some_and(|rights| may_stay(rights)) {
                entry.evicted.send_replace(Some(EvictReason::Unauthorized));
            }
        }
    }

    /// Every socket finishes what it began and ends; no other one comes in.
    pub fn drain(&self) {
        let mut inner = self.inner();
        inner.draining = true;
        inner.entries.values().for_each(|entry| {
            entry.evicted.send_replace(Some(EvictReason::Draining));
        });
    }

    pub fn is_draining(&self) -> bool {
        self.inner().draining
    }

    pub(super) fn set_auth_unknown(&self, unknown: bool) {
        self.auth_unknown.store(unknown, Relaxed);
    }

    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted.swap(false, Relaxed)
    }

    /// Waits until events may have been lost.
    pub(super) async fn interruption(&self) {
        self.interruption.notified().await;
    }
}

impl Subscriber for Hub {
    fn on_event(&self, event: &Event) {
        let withheld = event.is_confidential() && self.auth_unknown.load(Relaxed);
        for TopicAt { topic, seq } in event.topics() {
            match seq {
                _ if !withheld => self.tell(topic, &HubEvent::Event(event.clone())),
                // The socket then reads the store, which gives what its account may read.
                Some(seq) => self.tell(topic, &HubEvent::UpTo(seq)),
                None => {}
            }
        }
    }

    fn interrupted(&self) {
        self.interrupted.store(true, Relaxed);
        self.interruption.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::events::EventBody;

    #[derive(Debug)]
    struct Pulse {
        topics: Vec<TopicAt>,
        is_confidential: bool,
    }

    impl EventBody for Pulse {
        fn kind(&self) -> &'static str {
            "pulse"
        }
        fn topics(&self) -> Vec<TopicAt> {
            self.topics.clone()
        }
        fn is_confidential(&self) -> bool {
            self.is_confidential
        }
    }

    const WARD: Topic = Topic::new("ward", [0, 0]);

    fn patient(id: i64) -> Topic {
        Topic::new("patient", [id, 0])
    }
    fn ask(account: i64, topic: Topic) -> NewSubscription {
        let session = TokenHash(format!("s{account}"));
        NewSubscription { account: AccountId::new(account), session, topic, may_stay: |_| true }
    }
    fn of(topics: Vec<TopicAt>, is_confidential: bool) -> Event {
        Event::new(Pulse { topics, is_confidential })
    }
    fn pulse(id: i64) -> Event {
        of(vec![TopicAt::unnumbered(patient(id))], false)
    }

    #[test]
    fn an_event_reaches_whom_it_concerns_and_nobody_else() {
        let hub = Arc::new(Hub::default());
        let mut all = [(1, patient(1)), (1, patient(1)), (2, patient(2)), (3, WARD)]
            .map(|(account, topic)| hub.join(ask(account, topic), 9).unwrap());
        let mut heard = |event: Event| {
            hub.on_event(&event);
            all.each_mut().map(|subscription| subscription.events.try_recv().is_ok())
        };
        assert_eq!(heard(pulse(1)), [true, true, false, false]);
        assert_eq!(heard(of(vec![TopicAt::unnumbered(WARD)], false)), [false, false, false, true]);
        let two = vec![TopicAt::unnumbered(patient(2)), TopicAt::unnumbered(WARD)];
        assert_eq!(heard(of(two, false)), [false, false, true, true]);
    }

    #[test]
    fn while_sessions_cannot_be_checked_no_content_is_sent() {
        let hub = Arc::new(Hub::default());
        let mut all = [patient(1), WARD].map(|topic| hub.join(ask(1, topic), 9).unwrap());
        let topics = vec![TopicAt::numbered(patient(1), Seq::new(7)), TopicAt::unnumbered(WARD)];
        let mut heard = |is_confidential| {
            hub.on_event(&of(topics.clone(), is_confidential));
            all.each_mut().map(|subscription| match subscription.events.try_recv() {
                Ok(HubEvent::Event(_)) => "the event".to_owned(),
                Ok(HubEvent::UpTo(seq)) => format!("up to {}", seq.get()),
                Ok(HubEvent::Snapshot(_)) => "a snapshot".to_owned(),
                Err(_) => "nothing".to_owned(),
            })
        };
        assert_eq!(heard(true), ["the event", "the event"]);
        hub.set_auth_unknown(true);
        assert_eq!(heard(true), ["up to 7", "nothing"]);
        assert_eq!(heard(false), ["the event", "the event"]);
        hub.set_auth_unknown(false);
        assert_eq!(heard(true), ["the event", "the event"]);
    }

    #[test]
    fn a_subscriber_that_does_not_read_lags_and_holds_up_no_other() {
        let hub = Arc::new(Hub::default());
        let deaf = hub.join(ask(1, patient(1)), 9).unwrap();
        let mut awake = hub.join(ask(1, patient(1)), 9).unwrap();
        for _ in 0..WAITING_EVENTS * 2 {
            hub.on_event(&pulse(1));
            assert!(awake.events.try_recv().is_ok());
        }
        assert!(deaf.lagged() && !deaf.lagged() && !awake.lagged());
    }

    #[test]
    fn an_account_has_so_many_sockets_and_gets_a_place_back_when_one_closes() {
        let hub = Arc::new(Hub::default());
        let first = hub.join(ask(1, patient(1)), 1).unwrap();
        assert!(matches!(hub.join(ask(1, WARD), 1), Err(Full::Account)));
        assert!(hub.join(ask(2, patient(2)), 1).is_ok());
        drop(first);
        assert!(hub.join(ask(1, patient(1)), 1).is_ok());
        assert!(hub.topics().is_empty(), "{:?}", hub.topics());
    }

    #[test]
    fn sockets_end_with_their_session_or_with_the_right_that_their_topic_needs() {
        let hub = Arc::new(Hub::default());
        let of_staff = |account| NewSubscription { may_stay: |rights| rights.staff, ..ask(account, WARD) };
        let all = [ask(1, patient(1)), ask(2, patient(2)), of_staff(3), of_staff(4), ask(5, patient(5))]
            .map(|asked| hub.join(asked, 9).unwrap());
        let asked = ["s1", "s2", "s3", "s4"].map(|s| TokenHash(s.into()));
        let rights = [("s1", false), ("s3", false), ("s4", true)]
            .map(|(s, staff)| Rights { session: TokenHash(s.into()), staff });
        hub.evict(&asked, &rights);
        let ended = all.each_ref().map(|subscription| subscription.evicted.borrow().is_some());
        assert_eq!(ended, [false, true, true, false, false]);
        assert_eq!(hub.sessions(false), [TokenHash("s5".into())], "the others were looked at");
        assert_eq!(hub.sessions(true).len(), 5);
    }

    #[test]
    fn a_hub_that_is_drained_lets_nobody_in() {
        let hub = Arc::new(Hub::default());
        let open = hub.join(ask(1, patient(1)), 9).unwrap();
        hub.drain();
        assert_eq!(*open.evicted.borrow(), Some(EvictReason::Draining));
        assert!(matches!(hub.join(ask(2, patient(2)), 9), Err(Full::Draining)));
    }
}
