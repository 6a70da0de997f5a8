//! Everything at once, at random moments.
use super::*;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Barrier,
};

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
    let deeds = &Deeds::young_for(GROUP_WINDOW);
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
    assert_eq!(deeds.waiting(), 0);
    deeds.write(|conn| does(conn, 100_000)).unwrap();
}
