//! Who waits, for how long, and behind whom.
use super::*;

#[test]
fn who_waits_past_their_deadline_is_told_so_and_their_change_is_not_made() {
    let deeds = Deeds::new();
    let deadline = || Instant::now() + Duration::from_millis(50);
    // Only then it is committed: the queue stands still until the other gave up.
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
        deeds.write(|conn| does(conn, 1)).map_err(TxError::Rule)
    });
    assert!(unavailable(&answer), "{answer:?}");
    assert_eq!(deeds.all(), [0; 0]);
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
    let location = Location::Sqlite(deeds.folder.path().join("care.db"));
    let other = Store::open(&location, 1, deeds.told.clone()).unwrap();
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
