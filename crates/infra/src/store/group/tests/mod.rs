//! Groups that are made on purpose: the first change lasts until all others are queued, so that no round is lucky.
use super::*;
use crate::store::{Location, Pools, Store, on};
use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use domain::events::{EventBody, TopicAt, ports::Subscriber};
use std::{
    fs,
    sync::{
        Arc, Mutex,
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

type Outcome = Result<(), Refusal>;
type Change = Result<(), TxError<Refusal>>;

/// A subscriber of this event panics.
const UNHEARD: i64 = 1_000_666;

/// An entry is done.
#[derive(Debug)]
struct Done(i64);

impl EventBody for Done {
    fn kind(&self) -> &'static str {
        "done"
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![]
    }
    fn is_confidential(&self) -> bool {
        false
    }
}

/// The entries whose events were published, in their order.
#[derive(Default)]
struct Published(Mutex<Vec<i64>>);

impl EventBus for Published {
    fn publish(&self, event: Event) {
        if let Some(Done(entry)) = event.downcast_ref() {
            assert!(*entry != UNHEARD, "on purpose");
            self.0.lock().unwrap().push(*entry);
        }
    }
    fn subscribe(&self, _: Arc<dyn Subscriber>) {}
    fn is_whole(&self) -> bool {
        true
    }
}

/// A store whose changes are numbers.
struct EntryStore {
    store: Store,
    published: Arc<Published>,
    folder: TempDir,
}

#[derive(diesel::QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = Text)]
    entry: String,
}

impl EntryStore {
    /// Its groups are as long as somebody is queued.
    fn new() -> Self {
        Self::young_for(Duration::from_secs(60))
    }

    fn young_for(group_window: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("care.db"));
        let published = Arc::new(Published::default());
        let mut store = Store::open(&location, 2, published.clone()).unwrap();
        let Some(Pools::Sqlite { writers, .. }) = Arc::get_mut(&mut store.pools) else { panic!("SQLite") };
        writers.group_window = group_window;
        let entries = Self { store, published, folder };
        let tables = "CREATE TABLE entries (entry INTEGER UNIQUE);\
             CREATE TABLE unsound (entry INTEGER REFERENCES entries (entry) DEFERRABLE INITIALLY DEFERRED);\
             CREATE TABLE full (entry INTEGER);\
             CREATE TRIGGER ends_all BEFORE INSERT ON full BEGIN SELECT RAISE(ROLLBACK, 'full'); END;";
        entries.write(|conn| Ok(conn.say(tables)?)).unwrap();
        entries
    }

    fn write(&self, change: impl FnOnce(&mut Conn) -> Change) -> Outcome {
        self.store.write(change)
    }

    fn waiting(&self) -> usize {
        let Pools::Sqlite { writers, .. } = &*self.store.pools else { panic!("SQLite") };
        writers.queue.len()
    }

    /// Until that many are queued.
    fn wait_for(&self, waiting: usize) {
        until(|| self.waiting() == waiting);
    }

    /// Blocks the queue until all of `others` are in it, in their order; then does `first`.
    fn group<'a>(
        &'a self,
        first: impl FnOnce(&mut Conn) -> Change + Send + 'a,
        others: Vec<Box<dyn FnOnce() -> Outcome + Send + 'a>>,
    ) -> Vec<thread::Result<Outcome>> {
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
        let entries = self.store.read(|conn| {
            on!(conn, |c| sql_query("SELECT cast(entry AS text) AS entry FROM entries ORDER BY 1").load(c))
        });
        let entries: Vec<EntryRow> = entries.unwrap();
        entries.into_iter().map(|row| row.entry.parse().unwrap()).collect()
    }

    fn published(&self) -> Vec<i64> {
        self.published.0.lock().unwrap().clone()
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
    }
}

fn until(done: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < patience, "never came");
        thread::yield_now();
    }
}

/// Does it, and tells of it.
fn does(conn: &mut Conn, entry: i64) -> Change {
    conn.publish_after_commit(Event::new(Done(entry)));
    Ok(conn.say(&format!("INSERT INTO entries VALUES ({entry})"))?)
}

fn and_is_refused(done: Change) -> Change {
    done.and(Err(TxError::Rule(Refusal::Rule)))
}

/// All its statements succeed; its COMMIT fails.
fn unsound(conn: &mut Conn) -> Change {
    Ok(conn.say("INSERT INTO unsound VALUES (-1)")?)
}

/// SQLite ends the transaction by itself, as it does when the disk is full.
fn full(conn: &mut Conn) -> QueryResult<()> {
    conn.say("INSERT INTO full VALUES (1)")
}

fn unavailable(answer: &Outcome) -> bool {
    matches!(answer, Err(Refusal::Store(StoreError::Unavailable(_))))
}

fn failed(answer: &Outcome) -> bool {
    matches!(answer, Err(Refusal::Store(StoreError::Failed(_))))
}

/// Each of them as somebody who waits for their turn.
macro_rules! others {
    ($entries:expr; $($change:expr),* $(,)?) => {
        vec![$(Box::new(|| $entries.write($change)) as Box<dyn FnOnce() -> Outcome + Send>),*]
    };
}

/// None of them panicked.
fn answers(group: Vec<thread::Result<Outcome>>) -> Vec<Outcome> {
    group.into_iter().map(Result::unwrap).collect()
}

mod aborted;
mod checkpoints;
mod crowd;
mod share;
mod wait;
