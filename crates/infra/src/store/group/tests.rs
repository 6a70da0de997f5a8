//! Groups that are made on purpose: the first change lasts until all others stand in line, so that no round is lucky.
use super::*;
use crate::{
    cache::NoUnreadCounts,
    store::{Location, Pools, Store, on},
};
use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use domain::{
    messaging::{Hint, ports::Ear},
    notifications::ports::{Recall, Ticket, UnreadCounts},
    shared::AccountId,
};
use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread::{self, ScopedJoinHandle},
};
use tempfile::TempDir;

/// What a change says of itself.
#[derive(Debug)]
enum Refusal {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

type Answer = Result<(), Refusal>;
type Change = Result<(), Fault<Refusal>>;

/// Whose bell rang, in the order in which it was told.
#[derive(Default)]
struct Told(Mutex<Vec<i64>>);

impl Bus for Told {
    fn publish(&self, hint: Hint) {
        if let Hint::Recounted(owner) = hint {
            self.0.lock().unwrap().push(owner.get());
        }
    }
    fn listen(&self, _: Arc<dyn Ear>) {}
    fn is_whole(&self) -> bool {
        true
    }
}

/// Whose counts are suspended, and how often.
#[derive(Default)]
struct Suspended(Arc<Mutex<Vec<AccountId>>>);

impl UnreadCounts for Suspended {
    fn recall(&self, owner: AccountId, epoch: i64) -> Recall {
        Recall::Unknown(Ticket { owner, epoch, generation: 0 })
    }
    fn keep(&self, _: Ticket, _: u64) {}
    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        self.0.lock().unwrap().extend(owners);
        let (all, owners) = (self.0.clone(), owners.to_vec());
        Suspension::until(move || all.lock().unwrap().retain(|owner| !owners.contains(owner)))
    }
}

/// A store whose changes are numbers.
struct Deeds {
    store: Store,
    told: Arc<Told>,
    suspended: Arc<Suspended>,
    folder: TempDir,
}

#[derive(diesel::QueryableByName)]
struct Deed {
    #[diesel(sql_type = Text)]
    deed: String,
}

impl Deeds {
    /// Its groups are as long as there is somebody in line.
    fn new() -> Self {
        Self::young_for(Duration::from_secs(60))
    }

    fn young_for(young: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("care.db"));
        let (told, suspended) = (Arc::new(Told::default()), Arc::new(Suspended::default()));
        let mut store = Store::open(&location, 2, suspended.clone(), told.clone()).unwrap();
        let Some(Pools::Sqlite { writers, .. }) = Arc::get_mut(&mut store.pools) else { panic!("SQLite") };
        writers.young = young;
        let deeds = Self { store, told, suspended, folder };
        let tables = "CREATE TABLE deeds (deed INTEGER UNIQUE);\
             CREATE TABLE unsound (deed INTEGER REFERENCES deeds (deed) DEFERRABLE INITIALLY DEFERRED);\
             CREATE TABLE full (deed INTEGER);\
             CREATE TRIGGER ends_all BEFORE INSERT ON full BEGIN SELECT RAISE(ROLLBACK, 'full'); END;";
        deeds.write(|conn| Ok(conn.say(tables)?)).unwrap();
        deeds
    }

    fn write(&self, change: impl FnOnce(&mut Conn) -> Change) -> Answer {
        self.store.write(change)
    }

    fn waiting(&self) -> usize {
        let Pools::Sqlite { writers, .. } = &*self.store.pools else { panic!("SQLite") };
        writers.line.len()
    }

    /// Until that many stand in line.
    fn wait_for(&self, waiting: usize) {
        until(|| self.waiting() == waiting);
    }

    /// Holds the line until all of `others` stand in it, in their order; then does `first`.
    fn group<'a>(
        &'a self,
        first: impl FnOnce(&mut Conn) -> Change + Send + 'a,
        others: Vec<Box<dyn FnOnce() -> Answer + Send + 'a>>,
    ) -> Vec<thread::Result<Answer>> {
        let (all, begun) = (others.len(), AtomicBool::new(false));
        thread::scope(|scope| {
            let first = scope.spawn(|| {
                self.write(|conn| {
                    begun.store(true, SeqCst);
                    self.wait_for(all);
                    first(conn)
                })
            });
            until(|| begun.load(SeqCst));
            let others: Vec<_> = others
                .into_iter()
                .enumerate()
                .map(|(i, other)| {
                    let hand = scope.spawn(other);
                    self.wait_for_one_more_than(i, all);
                    hand
                })
                .collect();
            [first].into_iter().chain(others).map(ScopedJoinHandle::join).collect()
        })
    }

    /// The last one may be called before we look.
    fn wait_for_one_more_than(&self, i: usize, all: usize) {
        if i + 1 < all {
            self.wait_for(i + 1);
        }
    }

    /// What another connection sees.
    fn all(&self) -> Vec<i64> {
        let deeds = self.store.read(|conn| {
            on!(conn, |c| sql_query("SELECT cast(deed AS text) AS deed FROM deeds ORDER BY 1").load(c))
        });
        let deeds: Vec<Deed> = deeds.unwrap();
        deeds.into_iter().map(|row| row.deed.parse().unwrap()).collect()
    }

    fn told(&self) -> Vec<i64> {
        self.told.0.lock().unwrap().clone()
    }

    fn suspended(&self) -> Vec<i64> {
        self.suspended.0.lock().unwrap().iter().map(|owner| owner.get()).collect()
    }

    /// Counts them in the write-ahead log: a frame that ends a commit knows the size of the database.
    fn commits(&self) -> usize {
        let log = fs::read(self.folder.path().join("care.db-wal")).unwrap();
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
        let (page, salt) = (usize::try_from(number(8)).unwrap(), &log[16..24]);
        let frames = (32..log.len()).step_by(24 + page);
        frames.filter(|at| number(at + 4) != 0 && &log[at + 8..at + 16] == salt).count()
    }

    /// The connection is whole, nobody has it, and nothing was left in it.
    fn goes_on(&self) {
        let (before, commits) = (self.all(), self.commits());
        self.write(|conn| does(conn, 1_000)).unwrap();
        assert_eq!(self.all().len(), before.len() + 1);
        assert_eq!((self.commits(), self.waiting()), (commits + 1, 0));
        assert_eq!(self.suspended(), [0; 0]);
    }
}

fn until(done: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < patience, "never came");
        thread::yield_now();
    }
}

/// Does it, rings somebody's bell, and tells of it.
fn does(conn: &mut Conn, deed: i64) -> Change {
    conn.rings(AccountId::new(deed));
    conn.tells(Hint::Recounted(AccountId::new(deed)));
    Ok(conn.say(&format!("INSERT INTO deeds VALUES ({deed})"))?)
}

fn and_is_refused(done: Change) -> Change {
    done.and(Err(Fault::Rule(Refusal::Rule)))
}

/// All its statements succeed; its COMMIT fails.
fn unsound(conn: &mut Conn) -> Change {
    Ok(conn.say("INSERT INTO unsound VALUES (-1)")?)
}

/// SQLite ends the transaction by itself, as it does when the disk is full.
fn full(conn: &mut Conn) -> QueryResult<()> {
    conn.say("INSERT INTO full VALUES (1)")
}

fn unavailable(answer: &Answer) -> bool {
    matches!(answer, Err(Refusal::Store(StoreError::Unavailable(_))))
}

fn failed(answer: &Answer) -> bool {
    matches!(answer, Err(Refusal::Store(StoreError::Failed(_))))
}

/// Each of them as somebody who waits for their turn.
macro_rules! others {
    ($deeds:expr; $($change:expr),* $(,)?) => {
        vec![$(Box::new(|| $deeds.write($change)) as Box<dyn FnOnce() -> Answer + Send>),*]
    };
}

/// None of them panicked.
fn answers(group: Vec<thread::Result<Answer>>) -> Vec<Answer> {
    group.into_iter().map(Result::unwrap).collect()
}

#[test]
fn whoever_waits_shares_the_commit_and_hints_keep_the_order_of_the_changes() {
    let deeds = Deeds::new();
    let before = deeds.commits();
    let doing = |i| {
        let deeds = &deeds;
        Box::new(move || deeds.write(|conn| does(conn, i))) as Box<dyn FnOnce() -> Answer + Send>
    };
    let group = deeds.group(|conn| does(conn, 1), (2..=8).map(doing).collect());
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(deeds.commits() - before, 1);
    assert_eq!(deeds.all(), (1..=8).collect::<Vec<_>>());
    assert_eq!(deeds.told(), (1..=8).collect::<Vec<_>>());
    deeds.goes_on();
}

#[test]
fn who_comes_alone_commits_alone() {
    let deeds = Deeds::new();
    let before = deeds.commits();
    (1..=3).for_each(|i| deeds.write(|conn| does(conn, i)).unwrap());
    assert_eq!(deeds.commits() - before, 3);
    assert_eq!(deeds.told(), [1, 2, 3]);
}

#[test]
fn a_group_that_is_large_or_old_takes_nobody_else() {
    let crowd = |deeds: &Deeds, size: i64| {
        let before = deeds.commits();
        let doing =
            |i| Box::new(move || deeds.write(|conn| does(conn, i))) as Box<dyn FnOnce() -> Answer + Send>;
        let group = deeds.group(|conn| does(conn, 1), (2..=size).map(doing).collect());
        assert!(answers(group).iter().all(Result::is_ok));
        deeds.commits() - before
    };
    assert_eq!(crowd(&Deeds::new(), 65), 2);
    assert_eq!(crowd(&Deeds::young_for(Duration::ZERO), 3), 3);
}

#[test]
fn nobody_hears_or_sees_anything_before_the_commit() {
    let deeds = Deeds::new();
    let looks = |conn: &mut Conn| {
        assert_eq!((deeds.all(), deeds.told()), (vec![], vec![]));
        assert_eq!(deeds.suspended(), [1, 2], "a count of theirs may be kept");
        does(conn, 3)
    };
    let group = deeds.group(|conn| does(conn, 1), others![deeds; |conn| does(conn, 2), looks]);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!((deeds.all(), deeds.told()), (vec![1, 2, 3], vec![1, 2, 3]));
    deeds.goes_on();
}

#[test]
fn who_is_refused_leaves_nothing_tells_nothing_and_takes_nobody_with_them() {
    let deeds = Deeds::new();
    let before = deeds.commits();
    let twice = |conn: &mut Conn| does(conn, 3).and_then(|()| does(conn, 1));
    let group = deeds.group(
        |conn| does(conn, 1),
        others![
            deeds;
            |conn| and_is_refused(does(conn, 2)),
            twice,
            |conn| does(conn, 4),
            |conn| and_is_refused(does(conn, 5)),
        ],
    );
    let answers = answers(group);
    assert!(matches!(
        answers[..],
        [Ok(()), Err(Refusal::Rule), Err(Refusal::Store(StoreError::Failed(_))), Ok(()), Err(Refusal::Rule)]
    ));
    assert_eq!((deeds.all(), deeds.told()), (vec![1, 4], vec![1, 4]));
    assert_eq!(deeds.commits() - before, 1);
    deeds.goes_on();
}

#[test]
fn when_the_first_is_refused_the_second_begins() {
    let deeds = Deeds::new();
    let group = deeds.group(|conn| and_is_refused(does(conn, 1)), others![deeds; |conn| does(conn, 2)]);
    assert!(matches!(answers(group)[..], [Err(Refusal::Rule), Ok(())]));
    assert_eq!((deeds.all(), deeds.told()), (vec![2], vec![2]));
    deeds.goes_on();
}

#[test]
fn when_the_commit_fails_nobody_hears_of_success_or_of_a_rule() {
    let deeds = Deeds::new();
    let group = deeds.group(
        |conn| does(conn, 1),
        others![
            deeds;
            unsound,
            // Refused by what was never committed.
            |conn| and_is_refused(does(conn, 2)),
            |conn| does(conn, 3),
        ],
    );
    let answers = answers(group);
    assert!(answers.iter().all(failed), "{answers:?}");
    assert_eq!((deeds.all(), deeds.told()), (vec![], vec![]));
    deeds.goes_on();
}

#[test]
fn an_unsound_change_that_is_refused_does_not_spoil_the_commit() {
    let deeds = Deeds::new();
    let group = deeds.group(|conn| does(conn, 1), others![deeds; |conn| and_is_refused(unsound(conn))]);
    assert!(matches!(answers(group)[..], [Ok(()), Err(Refusal::Rule)]));
    assert_eq!(deeds.all(), [1]);
}

#[test]
fn a_transaction_that_sqlite_ended_is_lost_for_all_whatever_the_change_made_of_it() {
    let told: [fn(QueryResult<()>) -> Change; 3] =
        [|ended| Ok(ended?), |_| Ok(()), |_| Err(Fault::Rule(Refusal::Rule))];
    for says in told {
        let deeds = Deeds::new();
        let group =
            deeds.group(|conn| does(conn, 1), others![deeds; |conn| says(full(conn)), |conn| does(conn, 3)]);
        let answers = answers(group);
        assert!(answers[0].is_err(), "{answers:?}");
        assert!(matches!(answers[1], Err(Refusal::Store(_))), "{answers:?}");
        // The next one begins anew.
        assert!(answers[2].is_ok(), "{answers:?}");
        assert_eq!((deeds.all(), deeds.told()), (vec![3], vec![3]));
        deeds.goes_on();
    }
}

#[test]
fn a_transaction_that_sqlite_ended_is_not_committed_by_who_is_alone_in_it() {
    let deeds = Deeds::new();
    for says in [|ended: QueryResult<()>| Ok(ended?), |_| Ok(())] {
        let answer = deeds.write(|conn| does(conn, 1).and(says(full(conn))));
        assert!(matches!(answer, Err(Refusal::Store(_))), "{answer:?}");
    }
    assert_eq!((deeds.all(), deeds.told()), (vec![], vec![]));
    deeds.goes_on();
}

#[test]
fn a_panic_ends_its_group_and_nobody_else_s() {
    let deeds = Deeds::new();
    let panics = |conn: &mut Conn| does(conn, 2).map(|()| panic!("on purpose"));
    let group = deeds.group(|conn| does(conn, 1), others![deeds; panics, |conn| does(conn, 3)]);
    let [first, second, third] = &group[..] else { panic!("three") };
    assert!(second.is_err());
    assert!(unavailable(first.as_ref().unwrap()), "{first:?}");
    assert!(third.as_ref().unwrap().is_ok(), "{third:?}");
    assert_eq!((deeds.all(), deeds.told()), (vec![3], vec![3]));
    deeds.goes_on();
}

#[test]
fn a_panic_of_the_first_lets_the_second_begin() {
    let deeds = Deeds::new();
    let panics = |conn: &mut Conn| does(conn, 1).map(|()| panic!("on purpose"));
    let group = deeds.group(panics, others![deeds; |conn| does(conn, 2)]);
    assert!(group[0].is_err() && group[1].as_ref().unwrap().is_ok(), "{group:?}");
    assert_eq!((deeds.all(), deeds.told()), (vec![2], vec![2]));
    deeds.goes_on();
}

#[test]
fn who_waits_past_their_deadline_is_told_so_and_their_change_is_not_made() {
    let deeds = Deeds::new();
    let deadline = || Instant::now() + Duration::from_millis(50);
    // Only then it is committed: the line stands still until the other gave up.
    deeds
        .write(|conn| {
            let (late, begun) =
                (|| deadline::within(deadline(), || deeds.write(|conn| does(conn, 2))), Instant::now());
            let answer = thread::scope(|scope| scope.spawn(late).join().unwrap());
            assert!(unavailable(&answer), "{answer:?}");
            assert!(begun.elapsed() < PATIENCE);
            assert_eq!(deeds.waiting(), 0);
            does(conn, 1)
        })
        .unwrap();
    assert_eq!((deeds.all(), deeds.told()), (vec![1], vec![1]));
    deeds.goes_on();
}

#[test]
fn a_change_within_a_change_ends_with_an_error() {
    let deeds = Deeds::new();
    let answer = deeds.write(|_| {
        // Nobody has set a deadline: the store's own patience ends it.
        deeds.write(|conn| does(conn, 1)).map_err(Fault::Rule)
    });
    assert!(unavailable(&answer), "{answer:?}");
    assert_eq!(deeds.all(), [0; 0]);
    deeds.goes_on();
}

#[test]
fn a_group_is_not_committed_when_one_of_its_callers_was_told_that_it_was_not() {
    let deeds = Deeds::new();
    let deadline = Instant::now() + IN_A_HURRY + Duration::from_millis(150);
    let over = AtomicBool::new(false);
    let lasts = |conn: &mut Conn| {
        until(|| Instant::now() > deadline);
        over.store(true, SeqCst);
        does(conn, 3)
    };
    let begun = AtomicBool::new(false);
    let first = |conn: &mut Conn| {
        begun.store(true, SeqCst);
        deeds.wait_for(1);
        does(conn, 1)
    };
    let group = thread::scope(|scope| {
        let first = scope.spawn(|| deadline::within(deadline, || deeds.write(first)));
        until(|| begun.load(SeqCst));
        let second = scope.spawn(|| deeds.write(lasts));
        [first, second].map(|hand| hand.join().unwrap())
    });
    assert!(over.load(SeqCst) && group.iter().all(unavailable), "{group:?}");
    assert_eq!((deeds.all(), deeds.told()), (vec![], vec![]));
    deeds.goes_on();
}

#[test]
fn who_is_in_a_hurry_is_the_last_of_the_group() {
    let deeds = Deeds::new();
    let before = deeds.commits();
    let hurries = || deadline::within(Instant::now() + IN_A_HURRY, || deeds.write(|conn| does(conn, 2)));
    let others: Vec<Box<dyn FnOnce() -> Answer + Send>> =
        vec![Box::new(hurries), Box::new(|| deeds.write(|conn| does(conn, 3)))];
    let group = deeds.group(|conn| does(conn, 1), others);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(deeds.commits() - before, 2);
    assert_eq!(deeds.told(), [1, 2, 3]);
}

#[test]
fn another_process_that_writes_makes_only_the_first_come_back() {
    let deeds = Deeds::new();
    deeds.write(|conn| Ok(conn.say("PRAGMA busy_timeout = 500")?)).unwrap();
    let other = Store::open(
        &Location::Sqlite(deeds.folder.path().join("care.db")),
        1,
        Arc::new(NoUnreadCounts),
        deeds.told.clone(),
    )
    .unwrap();
    let (held, one_is_back) = (AtomicBool::new(false), AtomicBool::new(false));
    let holds = || {
        other.write(|_| -> Change {
            held.store(true, SeqCst);
            until(|| one_is_back.load(SeqCst));
            Ok(())
        })
    };
    let comes = &|deed| {
        let answer = deeds.write(|conn| does(conn, deed));
        one_is_back.store(true, SeqCst);
        answer
    };
    let both = thread::scope(|scope| {
        let holder = scope.spawn(holds);
        until(|| held.load(SeqCst));
        let both = [1, 2].map(|deed| scope.spawn(move || comes(deed)));
        holder.join().unwrap().unwrap();
        both.map(|hand| hand.join().unwrap())
    });
    assert!(unavailable(&both[0]) ^ unavailable(&both[1]), "one of them came back: {both:?}");
    assert_eq!(deeds.all().len(), 1);
    deeds.goes_on();
}

/// What the change of that number does. None may disturb the others, except by ending its group.
fn odd(conn: &mut Conn, deed: i64) -> Change {
    match deed % 23 {
        3 | 11 => and_is_refused(does(conn, deed)),
        5 => does(conn, deed).and_then(|()| does(conn, deed)),
        7 if deed % 4 == 0 => panic!("on purpose"),
        13 if deed % 3 == 0 => does(conn, deed).and(unsound(conn)),
        17 if deed % 3 == 0 => does(conn, deed).and_then(|()| Ok(full(conn)?)),
        _ => does(conn, deed),
    }
}

#[test]
fn what_was_told_as_made_is_what_is_there_whatever_a_crowd_does() {
    let deeds = &Deeds::young_for(YOUNG);
    let (threads, each) = (16, 100);
    let start = &Barrier::new(16);
    let made: BTreeSet<i64> = thread::scope(|scope| {
        let act = move |deed| catch_unwind(AssertUnwindSafe(|| deeds.write(|conn| odd(conn, deed))));
        let hands: Vec<_> = (0..threads)
            .map(|i| {
                scope.spawn(move || {
                    start.wait();
                    let mine = (i * each)..((i + 1) * each);
                    mine.filter(|deed| matches!(act(*deed), Ok(Ok(())))).collect::<Vec<_>>()
                })
            })
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(made.len() > 500, "{} were made", made.len());
    assert_eq!(deeds.all().into_iter().collect::<BTreeSet<_>>(), made);
    let told = deeds.told();
    assert_eq!((told.len(), told.into_iter().collect::<BTreeSet<_>>()), (made.len(), made));
    assert_eq!((deeds.waiting(), deeds.suspended()), (0, vec![]));
    deeds.write(|conn| does(conn, 100_000)).unwrap();
}
