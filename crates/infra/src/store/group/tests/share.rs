//! One commit for all who wait, and each their own answer.
use super::*;

#[test]
fn whoever_waits_shares_the_commit_and_events_keep_the_order_of_the_changes() {
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
fn a_change_that_shares_a_commit_returns_after_it_and_finds_what_it_wrote() {
    let deeds = Deeds::new();
    let deeds = &deeds;
    let asks_again: Box<dyn FnOnce() -> Answer + Send> = Box::new(|| {
        deeds.write(|conn| does(conn, 2))?;
        assert!(deeds.all().contains(&2), "it returned before the commit");
        Ok(())
    });
    // Otherwise the commit could come by chance before the question.
    let lasts: Box<dyn FnOnce() -> Answer + Send> = Box::new(|| {
        deeds.write(|conn| {
            thread::sleep(Duration::from_millis(100));
            does(conn, 3)
        })
    });
    let group = deeds.group(|conn| does(conn, 1), vec![asks_again, lasts]);
    assert!(answers(group).iter().all(Result::is_ok));
    assert_eq!(deeds.all(), [1, 2, 3]);
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
