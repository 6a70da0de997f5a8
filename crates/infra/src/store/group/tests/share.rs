//! One commit for all who wait, and each their own answer.
use super::*;

#[test]
fn queued_writers_share_the_commit_and_events_keep_the_order_of_the_changes() {
    let entries = EntryStore::new();
    let before = entries.commits();
    let doing = |i| {
        let entries = &entries;
        Box::new(move || entries.write(|conn| does(conn, i))) as Box<dyn FnOnce() -> Outcome + Send>
    };
    let group = entries.group(|conn| does(conn, 1), (2..=8).map(doing).collect());
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(entries.commits() - before, 1);
    assert_eq!(entries.all(), (1..=8).collect::<Vec<_>>());
    assert_eq!(entries.published(), (1..=8).collect::<Vec<_>>());
    entries.goes_on();
}

#[test]
fn a_change_that_shares_a_commit_returns_after_it_and_finds_what_it_wrote() {
    let entries = EntryStore::new();
    let entries = &entries;
    let asks_again: Box<dyn FnOnce() -> Outcome + Send> = Box::new(|| {
        entries.write(|conn| does(conn, 2))?;
        assert!(entries.all().contains(&2), "it returned before the commit");
        Ok(())
    });
    // Otherwise the commit could come by chance before the question.
    let lasts: Box<dyn FnOnce() -> Outcome + Send> = Box::new(|| {
        entries.write(|conn| {
            thread::sleep(Duration::from_millis(100));
            does(conn, 3)
        })
    });
    let group = entries.group(|conn| does(conn, 1), vec![asks_again, lasts]);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(entries.all(), [1, 2, 3]);
}

#[test]
fn a_lone_writer_commits_alone() {
    let entries = EntryStore::new();
    let before = entries.commits();
    (1..=3).for_each(|i| entries.write(|conn| does(conn, i)).unwrap());
    assert_eq!(entries.commits() - before, 3);
    assert_eq!(entries.published(), [1, 2, 3]);
}

#[test]
fn a_group_that_is_large_or_old_takes_nobody_else() {
    let crowd = |entries: &EntryStore, size: i64| {
        let before = entries.commits();
        let doing =
            |i| Box::new(move || entries.write(|conn| does(conn, i))) as Box<dyn FnOnce() -> Outcome + Send>;
        let group = entries.group(|conn| does(conn, 1), (2..=size).map(doing).collect());
        assert!(answers(group).iter().all(Result::is_ok));
        entries.commits() - before
    };
    assert_eq!(crowd(&EntryStore::new(), 65), 2);
    assert_eq!(crowd(&EntryStore::young_for(Duration::ZERO), 3), 3);
}

#[test]
fn nothing_is_answered_published_or_read_before_the_commit() {
    let entries = EntryStore::new();
    let looks = |conn: &mut Conn| {
        assert_eq!((entries.all(), entries.published()), (vec![], vec![]));
        does(conn, 3)
    };
    let group = entries.group(|conn| does(conn, 1), others![entries; |conn| does(conn, 2), looks]);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!((entries.all(), entries.published()), (vec![1, 2, 3], vec![1, 2, 3]));
    entries.goes_on();
}

#[test]
fn a_refused_change_leaves_nothing_publishes_nothing_and_fails_no_other() {
    let entries = EntryStore::new();
    let before = entries.commits();
    let twice = |conn: &mut Conn| does(conn, 3).and_then(|()| does(conn, 1));
    let group = entries.group(
        |conn| does(conn, 1),
        others![
            entries;
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
    assert_eq!((entries.all(), entries.published()), (vec![1, 4], vec![1, 4]));
    assert_eq!(entries.commits() - before, 1);
    entries.goes_on();
}

#[test]
fn when_the_first_is_refused_the_second_begins() {
    let entries = EntryStore::new();
    let group = entries.group(|conn| and_is_refused(does(conn, 1)), others![entries; |conn| does(conn, 2)]);
    assert!(matches!(answers(group)[..], [Err(Refusal::Rule), Ok(())]));
    assert_eq!((entries.all(), entries.published()), (vec![2], vec![2]));
    entries.goes_on();
}
