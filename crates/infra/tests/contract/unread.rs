//! What a cache of unread counts promises: to know a count, or to know that it does not.
use crate::support::{Backend, Town, unique};
use domain::{
    notifications::ports::{NotificationRepository, Recall, Suspension, Ticket, UnreadCounts},
    shared::AccountId,
};
use infra::cache::{InProcessUnreadCounts, NoUnreadCounts};
use std::sync::{Arc, Mutex, OnceLock};

fn owner() -> AccountId {
    AccountId::new(i64::try_from(unique()).unwrap())
}

fn knows(cache: &InProcessUnreadCounts, owner: AccountId) -> Option<u64> {
    match cache.recall(&[owner]).remove(0) {
        Recall::Known(count) => Some(count),
        Recall::Unknown(_) => None,
    }
}

fn ticket(cache: &dyn UnreadCounts, owner: AccountId) -> Ticket {
    match cache.recall(&[owner]).remove(0) {
        Recall::Unknown(ticket) => ticket,
        Recall::Known(count) => panic!("knows {count}"),
    }
}

#[test]
fn nothing_is_known_at_first() {
    let cache = InProcessUnreadCounts::default();
    let owner = owner();
    assert_eq!(knows(&cache, owner), None);
    assert_eq!(ticket(&cache, owner).owner, owner);
    assert_eq!(knows(&cache, owner), None, "asking is not telling");
}

#[test]
fn a_count_that_was_kept_is_known_to_everybody() {
    let cache = InProcessUnreadCounts::default();
    for count in [3, 0, 1_000_000] {
        let owner = owner();
        cache.keep(ticket(&cache, owner), count);
        assert_eq!(knows(&cache, owner), Some(count));
    }
}

#[test]
fn nothing_is_known_or_kept_while_an_owner_is_suspended() {
    let cache = InProcessUnreadCounts::default();
    let owner = owner();
    cache.keep(ticket(&cache, owner), 3);
    let suspension = cache.suspend(&[owner]);
    assert_eq!(knows(&cache, owner), None);
    cache.keep(ticket(&cache, owner), 4);
    assert_eq!(knows(&cache, owner), None);
    drop(suspension);
    assert_eq!(knows(&cache, owner), None, "what was known before came back");
}

#[test]
fn a_ticket_from_before_or_during_a_suspension_keeps_nothing() {
    let cache = InProcessUnreadCounts::default();
    let owner = owner();
    let before = ticket(&cache, owner);
    let suspension = cache.suspend(&[owner]);
    let during = ticket(&cache, owner);
    drop(suspension);
    for old in [before, during] {
        cache.keep(old, 7);
        assert_eq!(knows(&cache, owner), None);
    }
    cache.keep(ticket(&cache, owner), 8);
    assert_eq!(knows(&cache, owner), Some(8));
}

#[test]
fn a_ticket_that_was_used_may_be_used_again_until_something_changes() {
    let cache = InProcessUnreadCounts::default();
    let owner = owner();
    let (one, other) = (ticket(&cache, owner), ticket(&cache, owner));
    cache.keep(one, 5);
    // Both counted the same rows: nothing was suspended in between.
    cache.keep(other.clone(), 5);
    assert_eq!(knows(&cache, owner), Some(5));
    drop(cache.suspend(&[owner]));
    cache.keep(other, 5);
    assert_eq!(knows(&cache, owner), None);
}

#[test]
fn an_owner_is_suspended_until_the_last_of_two_suspensions_ends() {
    let cache = InProcessUnreadCounts::default();
    let owner = owner();
    let (first, second) = (cache.suspend(&[owner]), cache.suspend(&[owner]));
    for suspension in [first, second] {
        let during = ticket(&cache, owner);
        cache.keep(during, 2);
        assert_eq!(knows(&cache, owner), None);
        drop(suspension);
        assert_eq!(knows(&cache, owner), None);
    }
    cache.keep(ticket(&cache, owner), 6);
    assert_eq!(knows(&cache, owner), Some(6));
}

#[test]
fn a_suspension_is_of_all_its_owners_and_of_nobody_else() {
    let cache = InProcessUnreadCounts::default();
    let (one, two, other) = (owner(), owner(), owner());
    for owner in [one, two, other] {
        cache.keep(ticket(&cache, owner), 9);
    }
    let suspension = cache.suspend(&[one, two]);
    assert_eq!([one, two, other].map(|owner| knows(&cache, owner)), [None, None, Some(9)]);
    drop(suspension);
    assert_eq!([one, two, other].map(|owner| knows(&cache, owner)), [None, None, Some(9)]);
}

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
    cache: InProcessUnreadCounts,
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

#[test]
fn a_count_that_was_read_during_a_commit_is_not_kept() {
    let cache = InProcessUnreadCounts::default();
    let peeking = Arc::new(Peeking { cache, lines: OnceLock::new(), peeked: Mutex::default() });
    let town = Town::with(Backend::Sqlite, peeking.clone());
    let house = town.doctor("house");
    let _ = peeking.lines.set(town.lines.clone());
    for (asked, name) in (1..).zip(["sarah", "kyle", "john"]) {
        assert_eq!(town.bell.unread_counts(&[&house]).unwrap()[0], asked - 1);
        town.ask(&town.patient(name), &house);
        assert_eq!(town.bell.unread_counts(&[&house]).unwrap()[0], asked);
    }
    assert_eq!(*peeking.peeked.lock().unwrap(), [0, 1, 2], "the commit was not seen from inside");
}
