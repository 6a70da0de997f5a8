//! Which socket of this process follows what, and whom a hint concerns.
use domain::{
    identity::{Rights, TokenHash},
    messaging::{Hint, Room, Seq, ports::Ear},
    notifications::Glance,
    shared::AccountId,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use tokio::sync::{Notify, mpsc, watch};

/// Hints that wait for one socket. It reads the store instead when there are more.
const WAITING_HINTS: usize = 64;

/// What one socket follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    Room(Room),
    Desk,
    Bell(AccountId),
}

#[derive(Debug, Clone)]
pub(crate) enum Told {
    Hint(Arc<Hint>),
    /// What is followed goes up to this number.
    UpTo(Seq),
    /// The bell that is followed looks like this.
    Glance(Glance),
}

/// Why a socket is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The session ended, the account was deactivated, or a right is gone.
    Unauthorized,
    /// This process stops.
    Leaving,
}

/// Who follows, and by what right.
pub(crate) struct Follower {
    pub account: AccountId,
    pub session: TokenHash,
    pub topic: Topic,
}

struct Entry {
    follower: Follower,
    told: mpsc::Sender<Told>,
    lagging: Arc<AtomicBool>,
    ending: watch::Sender<Option<Ending>>,
    /// Its rights were looked at since it joined. Until then a change may have come between the door and here.
    checked: bool,
}

/// A socket's end of the hub. It leaves the hub when this is dropped.
pub(crate) struct Line {
    pub told: mpsc::Receiver<Told>,
    pub ending: watch::Receiver<Option<Ending>>,
    lagging: Arc<AtomicBool>,
    hub: Arc<Hub>,
    id: u64,
}

impl Line {
    /// Whether hints were dropped since this was asked last.
    pub(crate) fn lagged(&self) -> bool {
        self.lagging.swap(false, Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.hub.remove(self.id);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The account has as many sockets as it may.
    Account,
    /// This process stops.
    Leaving,
}

#[derive(Default)]
struct Inner {
    last_id: u64,
    entries: HashMap<u64, Entry>,
    followers: HashMap<Topic, HashSet<u64>>,
    of_account: HashMap<AccountId, u32>,
    leaving: bool,
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    interrupted: AtomicBool,
    /// It is not known who may stay: nothing is told but that there is something.
    blind: AtomicBool,
    pub(super) news: Notify,
}

impl Hub {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn join(self: &Arc<Self>, follower: Follower, per_account: u32) -> Result<Line, Full> {
        let (told, hints) = mpsc::channel(WAITING_HINTS);
        let (ending, ended) = watch::channel(None);
        let lagging = Arc::<AtomicBool>::default();
        let mut inner = self.inner();
        if inner.leaving {
            return Err(Full::Leaving);
        }
        let open = inner.of_account.entry(follower.account).or_default();
        if *open >= per_account {
            return Err(Full::Account);
        }
        *open += 1;
        inner.last_id += 1;
        let id = inner.last_id;
        inner.followers.entry(follower.topic).or_default().insert(id);
        let entry = Entry { follower, told, lagging: lagging.clone(), ending, checked: false };
        inner.entries.insert(id, entry);
        metrics::gauge!("sockets_open").increment(1);
        Ok(Line { told: hints, ending: ended, lagging, hub: self.clone(), id })
    }

    fn remove(&self, id: u64) {
        let mut inner = self.inner();
        let Some(Entry { follower: Follower { account, topic, .. }, .. }) = inner.entries.remove(&id) else {
            return;
        };
        if let Some(ids) = inner.followers.get_mut(&topic) {
            ids.remove(&id);
            if ids.is_empty() {
                inner.followers.remove(&topic);
            }
        }
        if let Some(open) = inner.of_account.get_mut(&account) {
            *open -= 1;
            if *open == 0 {
                inner.of_account.remove(&account);
            }
        }
        metrics::gauge!("sockets_open").decrement(1);
    }

    pub(super) fn tell(&self, topic: Topic, told: &Told) {
        let inner = self.inner();
        let ids = inner.followers.get(&topic).into_iter().flatten();
        for entry in ids.filter_map(|id| inner.entries.get(id)) {
            // Never waits for one of them.
            if entry.told.try_send(told.clone()).is_err() {
                entry.lagging.store(true, Relaxed);
                // It may have heard all that waited before the flag was set: then this wakes it.
                let _ = entry.told.try_send(Told::UpTo(Seq::START));
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inner().entries.is_empty()
    }

    /// Everything that somebody follows here.
    pub(super) fn topics(&self) -> Vec<Topic> {
        self.inner().followers.keys().copied().collect()
    }

    /// The sessions of all sockets, or of those that came since the last check.
    pub(super) fn sessions(&self, all: bool) -> Vec<TokenHash> {
        let inner = self.inner();
        let due = inner.entries.values().filter(|entry| all || !entry.checked);
        due.map(|entry| entry.follower.session.clone()).collect::<HashSet<_>>().into_iter().collect()
    }

    /// Ends the sockets whose session was asked about and may stay no longer.
    pub(super) fn keep_only(&self, asked: &[TokenHash], rights: &[Rights]) {
        let asked: HashSet<&TokenHash> = asked.iter().collect();
        let rights: HashMap<&TokenHash, bool> = rights.iter().map(|r| (&r.session, r.staff)).collect();
        for entry in self.inner().entries.values_mut() {
            let Follower { session, topic, .. } = &entry.follower;
            if !asked.contains(session) {
                continue;
            }
            entry.checked = true;
            let may_stay = rights.get(session).is_some_and(|staff| *staff || *topic != Topic::Desk);
            if !may_stay {
                entry.ending.send_replace(Some(Ending::Unauthorized));
            }
        }
    }

    /// Every socket finishes what it began and ends; no other one comes in.
    pub fn leave(&self) {
        let mut inner = self.inner();
        inner.leaving = true;
        inner.entries.values().for_each(|entry| {
            entry.ending.send_replace(Some(Ending::Leaving));
        });
    }

    pub fn is_leaving(&self) -> bool {
        self.inner().leaving
    }

    pub(super) fn set_blind(&self, blind: bool) {
        self.blind.store(blind, Relaxed);
    }

    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted.swap(false, Relaxed)
    }
}

impl Ear for Hub {
    fn hear(&self, hint: &Arc<Hint>) {
        let blind = self.blind.load(Relaxed);
        let told = Told::Hint(hint.clone());
        match &**hint {
            // Whoever then reads the store reads what they may.
            Hint::Said(message) if blind => {
                self.tell(Topic::Room(message.room), &Told::UpTo(message.seq));
                let at_desk = message.desk_seq.into_iter();
                at_desk.for_each(|seq| self.tell(Topic::Desk, &Told::UpTo(seq)));
            }
            Hint::Rang(_) if blind => {}
            Hint::Said(message) => {
                self.tell(Topic::Room(message.room), &told);
                if message.desk_seq.is_some() {
                    self.tell(Topic::Desk, &told);
                }
            }
            Hint::Rang(line) => self.tell(Topic::Bell(line.owner), &told),
            Hint::Recounted(owner) => self.tell(Topic::Bell(*owner), &told),
            Hint::Arrived(_) | Hint::Left(_) => self.tell(Topic::Desk, &told),
        }
    }

    fn interrupted(&self) {
        self.interrupted.store(true, Relaxed);
        self.news.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follower(account: i64, topic: Topic) -> Follower {
        let account = AccountId::new(account);
        Follower { account, session: TokenHash(format!("s{account}")), topic }
    }
    fn bell(account: i64) -> Topic {
        Topic::Bell(AccountId::new(account))
    }
    fn recounted(account: i64) -> Arc<Hint> {
        Arc::new(Hint::Recounted(AccountId::new(account)))
    }

    #[test]
    fn a_hint_reaches_whom_it_concerns_and_nobody_else() {
        let hub = Arc::new(Hub::default());
        let mut lines = [(1, bell(1)), (1, bell(1)), (2, bell(2)), (3, Topic::Desk)]
            .map(|(account, topic)| hub.join(follower(account, topic), 9).unwrap());
        hub.hear(&recounted(1));
        let heard = lines.each_mut().map(|line| line.told.try_recv().is_ok());
        assert_eq!(heard, [true, true, false, false]);
        hub.hear(&Arc::new(Hint::Left(AccountId::new(1))));
        let heard = lines.each_mut().map(|line| line.told.try_recv().is_ok());
        assert_eq!(heard, [false, false, false, true]);
    }

    #[test]
    fn who_does_not_listen_is_told_that_they_lag_and_holds_nobody_up() {
        let hub = Arc::new(Hub::default());
        let deaf = hub.join(follower(1, bell(1)), 9).unwrap();
        let mut awake = hub.join(follower(1, bell(1)), 9).unwrap();
        for _ in 0..WAITING_HINTS * 2 {
            hub.hear(&recounted(1));
            assert!(awake.told.try_recv().is_ok());
        }
        assert!(deaf.lagged() && !deaf.lagged() && !awake.lagged());
    }

    #[test]
    fn an_account_has_so_many_sockets_and_gets_a_place_back_when_one_closes() {
        let hub = Arc::new(Hub::default());
        let first = hub.join(follower(1, bell(1)), 1).unwrap();
        assert!(matches!(hub.join(follower(1, Topic::Desk), 1), Err(Full::Account)));
        assert!(hub.join(follower(2, bell(2)), 1).is_ok());
        drop(first);
        assert!(hub.join(follower(1, bell(1)), 1).is_ok());
        assert!(hub.topics().is_empty(), "{:?}", hub.topics());
    }

    #[test]
    fn sockets_end_with_their_session_and_the_desk_with_the_rights_of_staff() {
        let hub = Arc::new(Hub::default());
        let lines = [(1, bell(1)), (2, bell(2)), (3, Topic::Desk), (4, Topic::Desk), (5, bell(5))]
            .map(|(account, topic)| hub.join(follower(account, topic), 9).unwrap());
        let asked = ["s1", "s2", "s3", "s4"].map(|s| TokenHash(s.into()));
        let rights = [("s1", false), ("s3", false), ("s4", true)]
            .map(|(s, staff)| Rights { session: TokenHash(s.into()), staff });
        hub.keep_only(&asked, &rights);
        let ended = lines.each_ref().map(|line| line.ending.borrow().is_some());
        assert_eq!(ended, [false, true, true, false, false]);
        assert_eq!(hub.sessions(false), [TokenHash("s5".into())], "the others were looked at");
        assert_eq!(hub.sessions(true).len(), 5);
    }

    #[test]
    fn a_house_that_is_left_lets_nobody_in() {
        let hub = Arc::new(Hub::default());
        let line = hub.join(follower(1, bell(1)), 9).unwrap();
        hub.leave();
        assert_eq!(*line.ending.borrow(), Some(Ending::Leaving));
        assert!(matches!(hub.join(follower(2, bell(2)), 9), Err(Full::Leaving)));
    }
}
