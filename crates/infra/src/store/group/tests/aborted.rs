//! When a group cannot be committed, every member is told.
use super::*;

#[test]
fn when_the_commit_fails_every_writer_gets_a_store_error() {
    let entries = EntryStore::new();
    let group = entries.group(
        |conn| does(conn, 1),
        others![
            entries;
            unsound,
            // Refused by what was never committed.
            |conn| and_is_refused(does(conn, 2)),
            |conn| does(conn, 3),
        ],
    );
    let answers = answers(group);
    assert!(answers.iter().all(failed), "{answers:?}");
    assert_eq!((entries.all(), entries.published()), (vec![], vec![]));
    entries.goes_on();
}

#[test]
fn an_unsound_change_that_is_refused_does_not_spoil_the_commit() {
    let entries = EntryStore::new();
    let group = entries.group(|conn| does(conn, 1), others![entries; |conn| and_is_refused(unsound(conn))]);
    assert!(matches!(answers(group)[..], [Ok(()), Err(Refusal::Rule)]));
    assert_eq!(entries.all(), [1]);
}

#[test]
fn a_transaction_that_sqlite_ended_is_lost_for_all_whatever_the_change_made_of_it() {
    let published: [fn(QueryResult<()>) -> Change; 3] =
        [|ended| Ok(ended?), |_| Ok(()), |_| Err(TxError::Rule(Refusal::Rule))];
    for says in published {
        let entries = EntryStore::new();
        let group = entries
            .group(|conn| does(conn, 1), others![entries; |conn| says(full(conn)), |conn| does(conn, 3)]);
        let answers = answers(group);
        assert!(answers[0].is_err(), "{answers:?}");
        assert!(matches!(answers[1], Err(Refusal::Store(_))), "{answers:?}");
        // The next one begins anew.
        assert!(answers[2].is_ok(), "{answers:?}");
        assert_eq!((entries.all(), entries.published()), (vec![3], vec![3]));
        entries.goes_on();
    }
}

#[test]
fn a_transaction_that_sqlite_ended_is_not_committed_by_a_lone_writer() {
    let entries = EntryStore::new();
    for says in [|ended: QueryResult<()>| Ok(ended?), |_| Ok(())] {
        let answer = entries.write(|conn| does(conn, 1).and(says(full(conn))));
        assert!(matches!(answer, Err(Refusal::Store(_))), "{answer:?}");
    }
    assert_eq!((entries.all(), entries.published()), (vec![], vec![]));
    entries.goes_on();
}

#[test]
fn a_panic_ends_its_group_and_nobody_else_s() {
    let entries = EntryStore::new();
    let panics = |conn: &mut Conn| does(conn, 2).map(|()| panic!("on purpose"));
    let group = entries.group(|conn| does(conn, 1), others![entries; panics, |conn| does(conn, 3)]);
    let [first, second, third] = &group[..] else { panic!("three") };
    assert!(second.is_err());
    assert!(unavailable(first.as_ref().unwrap()), "{first:?}");
    assert!(third.as_ref().unwrap().is_ok(), "{third:?}");
    assert_eq!((entries.all(), entries.published()), (vec![3], vec![3]));
    entries.goes_on();
}

#[test]
fn a_panic_of_the_first_lets_the_second_begin() {
    let entries = EntryStore::new();
    let panics = |conn: &mut Conn| does(conn, 1).map(|()| panic!("on purpose"));
    let group = entries.group(panics, others![entries; |conn| does(conn, 2)]);
    assert!(group[0].is_err() && group[1].as_ref().unwrap().is_ok(), "{group:?}");
    assert_eq!((entries.all(), entries.published()), (vec![2], vec![2]));
    entries.goes_on();
}

#[test]
fn a_group_is_not_committed_when_one_of_its_callers_was_told_that_it_was_not() {
    let entries = EntryStore::new();
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
        entries.wait_for(1);
        does(conn, 1)
    };
    let group = thread::scope(|scope| {
        let first = scope.spawn(|| deadline::within(deadline, || entries.write(first)));
        until(|| begun.load(SeqCst));
        let second = scope.spawn(|| entries.write(lasts));
        [first, second].map(|hand| hand.join().unwrap())
    });
    assert!(over.load(SeqCst) && group.iter().all(unavailable), "{group:?}");
    assert_eq!((entries.all(), entries.published()), (vec![], vec![]));
    entries.goes_on();
}

#[test]
fn a_subscriber_that_panics_does_not_turn_a_commit_into_a_failure() {
    let entries = EntryStore::new();
    let group = entries.group(|conn| does(conn, 1), others![entries; |conn| does(conn, UNHEARD)]);
    assert!(group[0].as_ref().unwrap().is_ok() && group[1].is_err(), "{group:?}");
    assert_eq!((entries.all(), entries.published()), (vec![1, UNHEARD], vec![1]));
    entries.goes_on();
}
