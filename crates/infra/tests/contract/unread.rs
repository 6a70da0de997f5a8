//! What a cache of unread counts promises: to know a count, or to know that it does not.
use crate::support::{Backend, Town, unique};
use domain::{
    notifications::ports::{NotificationRepository, Recall, Suspension, Ticket, UnreadCounts},
    shared::AccountId,
};
use infra::cache::{InProcessUnreadCounts, NoUnreadCounts};
use std::sync::{Arc, Mutex, OnceLock};

/// One cache, in two hands.
pub(crate) struct Cache {
    here: Arc<dyn UnreadCounts>,
    there: Arc<dyn UnreadCounts>,
}

fn owner() -> AccountId {
    AccountId::new(i64::try_from(unique()).unwrap())
}

macro_rules! cache_story {
    ($name:ident, $story:expr) => {
        #[test]
        fn $name() {
            let cache = InProcessUnreadCounts::default();
            ($story)(&Cache { here: Arc::new(cache.clone()), there: Arc::new(cache) });
        }
    };
}

impl Cache {
    /// Both say the same.
    fn knows(&self, owner: AccountId) -> Option<u64> {
        let [here, there] = [&self.here, &self.there].map(|hand| match hand.recall(&[owner]).remove(0) {
            Recall::Known(count) => Some(count),
            Recall::Unknown(_) => None,
        });
        assert_eq!(here, there);
        here
    }
}

fn ticket(cache: &Arc<dyn UnreadCounts>, owner: AccountId) -> Ticket {
    match cache.recall(&[owner]).remove(0) {
        Recall::Unknown(ticket) => ticket,
        Recall::Known(count) => panic!("knows {count}"),
    }
}

cache_story!(nothing_is_known_at_first, |cache: &Cache| {
    let owner = owner();
    assert_eq!(cache.knows(owner), None);
    assert_eq!(ticket(&cache.here, owner).owner, owner);
    assert_eq!(cache.knows(owner), None, "asking is not telling");
});

cache_story!(a_count_that_was_kept_is_known_to_everybody, |cache: &Cache| {
    for count in [3, 0, 1_000_000] {
        let owner = owner();
        cache.here.keep(ticket(&cache.here, owner), count);
        assert_eq!(cache.knows(owner), Some(count));
    }
});

cache_story!(nothing_is_known_or_kept_while_an_owner_is_suspended, |cache: &Cache| {
    let owner = owner();
    cache.here.keep(ticket(&cache.here, owner), 3);
    let suspension = cache.there.suspend(&[owner]);
    assert_eq!(cache.knows(owner), None);
    for node in [&cache.here, &cache.there] {
        node.keep(ticket(node, owner), 4);
    }
    assert_eq!(cache.knows(owner), None);
    drop(suspension);
    assert_eq!(cache.knows(owner), None, "what was known before came back");
});

cache_story!(a_ticket_from_before_or_during_a_suspension_keeps_nothing, |cache: &Cache| {
    let owner = owner();
    let before = ticket(&cache.here, owner);
    let suspension = cache.there.suspend(&[owner]);
    let during = ticket(&cache.here, owner);
    drop(suspension);
    for old in [before, during] {
        cache.here.keep(old, 7);
        assert_eq!(cache.knows(owner), None);
    }
    cache.here.keep(ticket(&cache.here, owner), 8);
    assert_eq!(cache.knows(owner), Some(8));
});

cache_story!(a_ticket_that_was_used_may_be_used_again_until_something_changes, |cache: &Cache| {
    let owner = owner();
    let (one, other) = (ticket(&cache.here, owner), ticket(&cache.there, owner));
    cache.here.keep(one, 5);
    // Both counted the same rows: nothing was suspended in between.
    cache.there.keep(other.clone(), 5);
    assert_eq!(cache.knows(owner), Some(5));
    drop(cache.here.suspend(&[owner]));
    cache.there.keep(other, 5);
    assert_eq!(cache.knows(owner), None);
});

cache_story!(an_owner_is_suspended_until_the_last_of_two_suspensions_ends, |cache: &Cache| {
    let owner = owner();
    let (first, second) = (cache.here.suspend(&[owner]), cache.there.suspend(&[owner]));
    for suspension in [first, second] {
        let during = ticket(&cache.here, owner);
        cache.here.keep(during, 2);
        assert_eq!(cache.knows(owner), None);
        drop(suspension);
        assert_eq!(cache.knows(owner), None);
    }
    cache.here.keep(ticket(&cache.here, owner), 6);
    assert_eq!(cache.knows(owner), Some(6));
});

cache_story!(a_suspension_is_of_all_its_owners_and_of_nobody_else, |cache: &Cache| {
    let (one, two, other) = (owner(), owner(), owner());
    for owner in [one, two, other] {
        cache.here.keep(ticket(&cache.here, owner), 9);
    }
    let suspension = cache.there.suspend(&[one, two]);
    assert_eq!([one, two, other].map(|owner| cache.knows(owner)), [None, None, Some(9)]);
    drop(suspension);
    assert_eq!([one, two, other].map(|owner| cache.knows(owner)), [None, None, Some(9)]);
});

#[test]
fn a_house_without_a_cache_never_knows() {
    let owner = owner();
    let Recall::Unknown(ticket) = NoUnreadCounts.recall(&[owner]).remove(0) else { panic!("knows") };
    NoUnreadCounts.keep(ticket, 3);
    assert!(matches!(NoUnreadCounts.recall(&[owner]).remove(0), Recall::Unknown(_)));
    drop(NoUnreadCounts.suspend(&[owner]));
}

story!(the_count_follows_every_change_through_the_cache, |town: &Town| {
    let house = town.doctor("house");
    let expect = |n| {
        // The second answer is the cache's.
        assert_eq!([(); 2].map(|()| town.bell.unread_counts(&[&house]).unwrap()[0]), [n; 2]);
        assert_eq!(town.lines.count_unread(house.id()).unwrap(), n);
    };
    expect(0);
    for (asked, name) in (1..).zip(["sarah", "kyle", "john"]) {
        town.ask(&town.patient(name), &house);
        expect(asked);
    }
    let lines = town.lines.of(house.id(), domain::shared::Window::first()).unwrap();
    town.bell.mark_read(&house, lines[0].id).unwrap();
    expect(2);
    town.bell.delete(&house, lines[0].id).unwrap();
    expect(2);
    town.bell.delete(&house, lines[1].id).unwrap();
    expect(1);
});

/// Asks in the middle of a commit, between the suspension and what it suspends for, as another request would.
struct Peeking {
    cache: Arc<dyn UnreadCounts>,
    lines: OnceLock<Arc<dyn NotificationRepository>>,
    peeked: Mutex<Vec<u64>>,
}

impl UnreadCounts for Peeking {
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall> {
        self.cache.recall(owners)
    }
    fn keep(&self, ticket: Ticket, count: u64) {
        self.cache.keep(ticket, count);
    }
    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        let suspension = self.cache.suspend(owners);
        if let Some(lines) = self.lines.get() {
            let ticket = ticket(&self.cache, owners[0]);
            let count = lines.count_unread(owners[0]).unwrap();
            self.peeked.lock().unwrap().push(count);
            self.cache.keep(ticket, count);
        }
        suspension
    }
}

fn peek(backend: Backend, cache: Arc<dyn UnreadCounts>) {
    let peeking = Arc::new(Peeking { cache, lines: OnceLock::new(), peeked: Mutex::default() });
    let town = Town::with(backend, peeking.clone());
    let house = town.doctor("house");
    let _ = peeking.lines.set(town.lines.clone());
    for (asked, name) in (1..).zip(["sarah", "kyle", "john"]) {
        assert_eq!(town.bell.unread_counts(&[&house]).unwrap()[0], asked - 1);
        town.ask(&town.patient(name), &house);
        assert_eq!(town.bell.unread_counts(&[&house]).unwrap()[0], asked);
    }
    assert_eq!(*peeking.peeked.lock().unwrap(), [0, 1, 2], "the commit was not seen from inside");
}

#[test]
fn a_count_that_was_read_during_a_commit_is_not_kept() {
    peek(Backend::Sqlite, Arc::new(InProcessUnreadCounts::default()));
}
