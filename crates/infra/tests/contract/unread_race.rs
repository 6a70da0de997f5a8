//! A count that is read while others write was true at some moment between the question and the answer.
//!
//! How a moment is checked that nobody saw: in the first phase lines are only added, so the count only grows. Each writer
//! says *begun* before a change and *done* after it. A reader notes `done` before it asks and `begun` after it was
//! answered: the answer lies between the two, or it was never true. In the second phase lines are only marked or deleted,
//! and the same holds downwards. A reader that dawdles between counting and keeping widens the gap that a bad cache falls
//! into. That the check finds bad caches is shown on three of them, below.
use crate::{
    diary::draft,
    support::{Backend, Node, Town, at, opening},
    unread_stand_ins::{Bad, BadCounts, Dawdling, Tally},
};
use domain::{
    care::{Link, Status},
    identity::Caller,
    notifications::{
        NotificationId, NotificationService,
        ports::{NotificationRepository, UnreadCounts},
    },
    shared::Window,
};
use infra::cache::{InProcessUnreadCounts, NoUnreadCounts};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

/// Of each of the two phases.
const LASTS: Duration = Duration::from_millis(900);

/// What writers say of what they do, and what readers saw that was never so.
#[derive(Default)]
struct Ledger {
    begun: AtomicU64,
    done: Arc<AtomicU64>,
    over: AtomicBool,
    reads: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Outcome {
    wrong: Vec<String>,
    added: u64,
    taken: u64,
    reads: u64,
    /// Answers that came from the cache.
    hits: u64,
}

/// One act of a writer. False when there is nothing left to do.
type Act<'a> = Box<dyn FnMut() -> bool + Send + 'a>;

/// Runs one phase. `between` says which answers are true, given how many changes were done before the question and how
/// many were begun before the answer.
fn phase(
    ledger: &Ledger,
    writers: Vec<Act<'_>>,
    readers: &[NotificationService],
    owner: &Caller,
    between: impl Fn(u64, u64) -> std::ops::RangeInclusive<u64> + Sync,
) {
    let end = Instant::now() + LASTS;
    thread::scope(|scope| {
        let writers: Vec<_> = writers
            .into_iter()
            .map(|mut act| {
                scope.spawn(move || {
                    while Instant::now() < end && !ledger.over.load(SeqCst) {
                        ledger.begun.fetch_add(1, SeqCst);
                        if !act() {
                            ledger.begun.fetch_sub(1, SeqCst);
                            break;
                        }
                        ledger.done.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        for reader in readers {
            let between = &between;
            scope.spawn(move || {
                while !ledger.over.load(SeqCst) {
                    let done = ledger.done.load(SeqCst);
                    let count = reader.unread_counts(&[owner]).unwrap()[0];
                    let begun = ledger.begun.load(SeqCst);
                    ledger.reads.fetch_add(1, SeqCst);
                    let so = between(done, begun);
                    if !so.contains(&count) {
                        ledger.wrong.lock().unwrap().push(format!("{count} was answered, it was {so:?}"));
                        ledger.over.store(true, SeqCst);
                    }
                }
            });
        }
        let broke: Vec<_> = writers.into_iter().filter_map(|writer| writer.join().err()).collect();
        ledger.over.store(true, SeqCst);
        assert!(broke.is_empty(), "a writer failed");
    });
}

/// One node for each cache, all on one database.
fn race(backend: Backend, caches: &[Arc<dyn UnreadCounts>]) -> Outcome {
    let town = &Town::with(backend, Arc::new(NoUnreadCounts));
    let nodes: Vec<_> = caches.iter().map(|cache| Node::open(&town.place.location, cache.clone())).collect();
    let house = &town.doctor("house");
    let patients: Vec<_> = (0..2).map(|i| town.patient(&format!("patient-{i}"))).collect();
    for patient in &patients {
        town.linked(patient, house, Status::Accepted);
    }
    let asker = town.patient("asker");
    let (hits, mut reads) = (Arc::new(AtomicU64::new(0)), 0);
    let node = |i: usize| &nodes[i % nodes.len()];
    let readers = |ledger: &Arc<Ledger>| -> Vec<NotificationService> {
        let quick = |node: &Node| node.lines.clone();
        let slow = |node: &Node| -> Arc<dyn NotificationRepository> {
            Arc::new(Dawdling(node.lines.clone(), ledger.done.clone()))
        };
        let service = |i: usize, notifications| {
            let unread = Arc::new(Tally(caches[i % caches.len()].clone(), hits.clone()));
            NotificationService { notifications, unread }
        };
        vec![service(0, quick(node(0))), service(1, quick(node(1))), service(1, slow(node(1)))]
    };

    let (ledger, base) = (Arc::new(Ledger::default()), recount(town, house));
    let mut writers: Vec<Act<'_>> = vec![];
    for (i, patient) in patients.iter().enumerate() {
        writers.push(Box::new(move || {
            node(i).records.make(&draft().entry(&patient.person, at(30))).map(drop).unwrap();
            true
        }));
    }
    writers.push(Box::new(|| {
        // Asking rings; taking it back rings nobody, and leaves the line.
        let id = node(1).links.open(&opening(&asker, house)).unwrap();
        let link: Link = node(0).links.find(id).unwrap().unwrap();
        node(1).links.end(&link.end(asker.id(), at(31))).unwrap();
        true
    }));
    phase(&ledger, writers, &readers(&ledger), house, |done, begun| base + done..=base + begun);
    let added = ledger.done.load(SeqCst);
    let mut wrong = std::mem::take(&mut *ledger.wrong.lock().unwrap());
    reads += ledger.reads.load(SeqCst);
    wrong.extend(quiet(town, &nodes, house));

    let (ledger, base) = (Arc::new(Ledger::default()), recount(town, house));
    let unread = &Mutex::new(unread(town, house));
    let writers = (0..3).map(|i| -> Act<'_> {
        Box::new(move || {
            let Some(id) = unread.lock().unwrap().pop() else { return false };
            let lines = &node(i).lines;
            let act = if i == 2 { lines.delete(house.id(), id) } else { lines.mark_read(house.id(), id) };
            assert!(act.unwrap());
            true
        })
    });
    phase(&ledger, writers.collect(), &readers(&ledger), house, |done, begun| {
        base - begun.min(base)..=base - done
    });
    let taken = ledger.done.load(SeqCst);
    wrong.extend(std::mem::take(&mut *ledger.wrong.lock().unwrap()));
    reads += ledger.reads.load(SeqCst);
    wrong.extend(quiet(town, &nodes, house));
    Outcome { wrong, added, taken, reads, hits: hits.load(SeqCst) }
}

fn recount(town: &Town, owner: &Caller) -> u64 {
    town.lines.count_unread(owner.id()).unwrap()
}

fn unread(town: &Town, owner: &Caller) -> Vec<NotificationId> {
    let (mut window, mut ids) = (Window::first(), vec![]);
    loop {
        let page = town.lines.of(owner.id(), window).unwrap();
        let Some(last) = page.last() else { return ids };
        window = Window::after(last.id);
        ids.extend(page.iter().filter(|line| !line.is_read).map(|line| line.id));
    }
}

/// Nobody writes any more: every node says, twice, what is so.
fn quiet(town: &Town, nodes: &[Node], owner: &Caller) -> Vec<String> {
    let so = recount(town, owner);
    let told = nodes.iter().flat_map(|node| [(); 2].map(|()| node.bell.unread_counts(&[owner]).unwrap()[0]));
    told.filter(|told| *told != so)
        .map(|told| format!("{told} is answered in the quiet, it is {so}"))
        .collect()
}

fn never_wrong(outcome: &Outcome) {
    assert_eq!(outcome.wrong, [""; 0], "{outcome:?}");
    assert!(
        outcome.added > 20 && outcome.taken > 20 && outcome.reads > 100,
        "too little happened: {outcome:?}"
    );
}

fn never_wrong_and_used(outcome: &Outcome) {
    never_wrong(outcome);
    assert!(outcome.hits > 0, "the cache was never asked when it knew: {outcome:?}");
}

fn in_process() -> Arc<dyn UnreadCounts> {
    Arc::new(InProcessUnreadCounts::default())
}

mod under_writers_every_count_was_true_at_some_moment {
    use super::*;
    #[test]
    fn on_sqlite_with_a_cache_in_memory() {
        never_wrong_and_used(&race(Backend::Sqlite, &[in_process()]));
    }
    #[test]
    fn on_sqlite_without_a_cache() {
        never_wrong(&race(Backend::Sqlite, &[Arc::new(NoUnreadCounts)]));
    }
    #[test]
    #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
    fn on_postgres_without_a_cache_from_two_nodes() {
        never_wrong(&race(Backend::Postgres, &[Arc::new(NoUnreadCounts), Arc::new(NoUnreadCounts)]));
    }
}

mod the_race_catches_a_cache_that {
    use super::*;
    fn is_caught(bad: Bad) {
        let outcome = race(Backend::Sqlite, &[Arc::new(BadCounts(InProcessUnreadCounts::default(), bad))]);
        assert!(!outcome.wrong.is_empty(), "{outcome:?}");
    }
    #[test]
    fn hears_of_no_change() {
        is_caught(Bad::Deaf);
    }
    #[test]
    fn forgets_before_the_commit_only() {
        is_caught(Bad::Hasty);
    }
    #[test]
    fn honours_old_tickets() {
        is_caught(Bad::Credulous);
    }
}
