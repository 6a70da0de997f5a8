//! Everything at once, at random moments.
use super::*;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Barrier,
};

/// What the change of that number does. None may disturb the others, except by ending its group.
fn odd(conn: &mut Conn, entry: i64) -> Change {
    match entry % 23 {
        3 | 11 => and_is_refused(does(conn, entry)),
        5 => does(conn, entry).and_then(|()| does(conn, entry)),
        7 if entry % 4 == 0 => panic!("on purpose"),
        13 if entry % 3 == 0 => does(conn, entry).and(unsound(conn)),
        17 if entry % 3 == 0 => does(conn, entry).and_then(|()| Ok(full(conn)?)),
        _ => does(conn, entry),
    }
}

#[test]
fn what_was_told_as_made_is_what_is_there_whatever_a_crowd_does() {
    let entries = &EntryStore::young_for(GROUP_WINDOW);
    let (threads, each) = (16, 100);
    let start = &Barrier::new(16);
    let made: BTreeSet<i64> = thread::scope(|scope| {
        let act = move |entry| catch_unwind(AssertUnwindSafe(|| entries.write(|conn| odd(conn, entry))));
        let hands: Vec<_> = (0..threads)
            .map(|i| {
                scope.spawn(move || {
                    start.wait();
                    let mine = (i * each)..((i + 1) * each);
                    mine.filter(|entry| matches!(act(*entry), Ok(Ok(())))).collect::<Vec<_>>()
                })
            })
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(made.len() > 500, "{} were made", made.len());
    assert_eq!(entries.all().into_iter().collect::<BTreeSet<_>>(), made);
    let published = entries.published();
    assert_eq!((published.len(), published.into_iter().collect::<BTreeSet<_>>()), (made.len(), made));
    assert_eq!(entries.waiting(), 0);
    entries.write(|conn| does(conn, 100_000)).unwrap();
}
