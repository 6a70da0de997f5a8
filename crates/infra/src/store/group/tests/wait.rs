//! Who waits, for how long, and behind whom.
use super::*;

#[test]
fn a_writer_that_waits_past_its_deadline_fails_and_changes_nothing() {
    let entries = EntryStore::new();
    let deadline = || Instant::now() + Duration::from_millis(50);
    // Only then it is committed: the queue stands still until the other gave up.
    entries
        .write(|conn| {
            let (late, begun) =
                (|| deadline::within(deadline(), || entries.write(|conn| does(conn, 2))), Instant::now());
            let answer = thread::scope(|scope| scope.spawn(late).join().unwrap());
            assert!(unavailable(&answer), "{answer:?}");
            assert!(begun.elapsed() < PATIENCE);
            assert_eq!(entries.waiting(), 0);
            does(conn, 1)
        })
        .unwrap();
    assert_eq!((entries.all(), entries.published()), (vec![1], vec![1]));
    entries.goes_on();
}

#[test]
fn a_change_within_a_change_ends_with_an_error() {
    let entries = EntryStore::new();
    let answer = entries.write(|_| {
        // Nobody has set a deadline: the store's own patience ends it.
        entries.write(|conn| does(conn, 1)).map_err(TxError::Rule)
    });
    assert!(unavailable(&answer), "{answer:?}");
    assert_eq!(entries.all(), [0; 0]);
    entries.goes_on();
}

#[test]
fn a_writer_near_its_deadline_is_the_last_of_the_group() {
    let entries = EntryStore::new();
    let before = entries.commits();
    let hurries = || deadline::within(Instant::now() + IN_A_HURRY, || entries.write(|conn| does(conn, 2)));
    let others: Vec<Box<dyn FnOnce() -> Outcome + Send>> =
        vec![Box::new(hurries), Box::new(|| entries.write(|conn| does(conn, 3)))];
    let group = entries.group(|conn| does(conn, 1), others);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(entries.commits() - before, 2);
    assert_eq!(entries.published(), [1, 2, 3]);
}

#[test]
fn another_process_that_writes_makes_only_the_first_come_back() {
    let entries = EntryStore::new();
    entries.write(|conn| Ok(conn.say("PRAGMA busy_timeout = 500")?)).unwrap();
    let location = Location::Sqlite(entries.folder.path().join("care.db"));
    let other = Store::open(&location, 1, entries.published.clone()).unwrap();
    let (held, one_is_back) = (AtomicBool::new(false), AtomicBool::new(false));
    let holds = || {
        other.write(|_| -> Change {
            held.store(true, SeqCst);
            until(|| one_is_back.load(SeqCst));
            Ok(())
        })
    };
    let comes = &|entry| {
        let answer = entries.write(|conn| does(conn, entry));
        one_is_back.store(true, SeqCst);
        answer
    };
    let both = thread::scope(|scope| {
        let holder = scope.spawn(holds);
        until(|| held.load(SeqCst));
        let both = [1, 2].map(|entry| scope.spawn(move || comes(entry)));
        holder.join().unwrap().unwrap();
        both.map(|hand| hand.join().unwrap())
    });
    assert!(unavailable(&both[0]) ^ unavailable(&both[1]), "one of them came back: {both:?}");
    assert_eq!(entries.all().len(), 1);
    entries.goes_on();
}
