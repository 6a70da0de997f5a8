//! A list of any length is read in pages: each row once, in the list's own order, and then it ends.
use crate::{
    people::at,
    support::TestStore,
    talk::{answering, between, inbox_numbers, numbers, saying, support_of},
};
use domain::{
    identity::{Caller, Person},
    messaging::{Message, Room, Seq},
    shared::{AccountId, Page},
};
use std::collections::BTreeSet;

/// All pages of that many rows, each asked for after the last row of the one before.
fn pages<T: Clone, K>(rows: u16, read: impl Fn(Page<K>) -> Vec<T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut pages: Vec<Vec<T>> = vec![];
    loop {
        let last = pages.last().and_then(|page| page.last());
        let page = last.map_or_else(Page::first, |row| Page::after(key(row))).with_limit(rows);
        match read(page) {
            page if page.is_empty() => return pages,
            page => pages.push(page),
        }
        assert!(pages.len() < 1_000, "it does not end");
    }
}

fn talked(db: &TestStore, count: i64) -> Room {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    for i in 1..=count {
        db.say(&saying(room, if i % 3 == 0 { &house } else { &sarah }, &i.to_string()));
        db.say(&saying(support_of(&sarah), &sarah, "elsewhere"));
    }
    room
}

fn in_numbers(pages: &[Vec<Message>]) -> Vec<Vec<i64>> {
    pages.iter().map(|page| numbers(page)).collect()
}

on_both!(since_goes_on_after_a_number_oldest_first, |db: &TestStore| {
    let room = talked(db, 7);
    let since = |rows| pages(rows, |page| db.messages.since(room, page).unwrap(), |m| m.seq);
    assert_eq!(in_numbers(&since(3)), [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
    assert_eq!(in_numbers(&since(7)), [vec![1, 2, 3, 4, 5, 6, 7]], "a last page that is full");
    assert_eq!(since(1).len(), 7);
    for (after, expected) in [(0, 7), (6, 1), (7, 0), (8, 0), (i64::MAX, 0)] {
        assert_eq!(db.since(room, after).len(), expected, "after {after}");
    }
});

on_both!(latest_goes_on_before_a_number_newest_first, |db: &TestStore| {
    let room = talked(db, 7);
    let latest = |rows| pages(rows, |page| rows!(db.messages, latest(room, page)).unwrap(), |m| m.seq);
    assert_eq!(in_numbers(&latest(3)), [vec![7, 6, 5], vec![4, 3, 2], vec![1]]);
    assert_eq!(in_numbers(&latest(7)), [vec![7, 6, 5, 4, 3, 2, 1]]);
    for (before, expected) in [(0, 0), (1, 0), (2, 1), (8, 7), (i64::MAX, 7)] {
        let page = Page::after(Seq::new(before));
        assert_eq!(rows!(db.messages, latest(room, page)).unwrap().len(), expected, "before {before}");
    }
});

on_both!(a_list_is_never_longer_than_its_window, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    db.say(&saying(room, &sarah, "1"));
    let many = "insert into messages (conversation_id, seq, sender_id, from_staff, body, sent_at) \
                with recursive n (n) as (select 2 union all select n + 1 from n where n < 503) \
                select conversation_id, n, sender_id, from_staff, '', sent_at from messages, n where seq = 1";
    db.database.sql().run(many).unwrap();
    db.database.sql().run("update conversations set last_seq = 503").unwrap();
    // One that was not told yet that everything is sealed: these are not.
    let node = db.second_node();
    let oldest = node.messages.since(room, Page::first()).unwrap();
    assert_eq!(numbers(&oldest), (1..=500).collect::<Vec<_>>());
    let newest = rows!(node.messages, latest(room, Page::first())).unwrap();
    assert_eq!(numbers(&newest), (4..=503).rev().collect::<Vec<_>>());
    assert_eq!(numbers(&node.since(room, 500)), [501, 502, 503]);
});

on_both!(the_inbox_reads_all_support_rooms_in_the_order_of_its_own_numbers, |db: &TestStore| {
    let [root, sarah, kyle] = ["root", "sarah", "kyle"].map(|name| db.patient(name));
    for round in 0..3 {
        db.say(&saying(support_of(&kyle), &kyle, "question"));
        db.say(&saying(support_of(&sarah), &sarah, "question"));
        db.says(between(&sarah, &kyle), &sarah, &["not for the inbox"]);
        if round == 1 {
            db.say(&answering(&root, &kyle, "answer"));
        }
    }
    let at_desk = |rows| {
        let read = |page| db.messages.inbox_since(AccountId::new(1), page, at(99)).unwrap();
        let pages = pages(rows, read, |m| m.inbox_seq.unwrap());
        pages.iter().map(|page| inbox_numbers(page)).collect::<Vec<_>>()
    };
    assert_eq!(at_desk(4), [vec![1, 2, 3, 4], vec![5, 6, 7]]);
    assert_eq!(at_desk(7).len(), 1);
    let after = |seq| db.messages.inbox_since(AccountId::new(1), Page::after(Seq::new(seq)), at(99)).unwrap();
    assert_eq!((after(6).len(), after(7).len(), after(i64::MAX).len()), (1, 0, 0));
    assert_eq!(after(4)[0].room, support_of(&kyle));
});

on_both!(peers_are_those_with_whom_a_message_was_exchanged_the_first_conversation_first, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let others: Vec<Caller> = ["a", "b", "c", "d", "e"].iter().map(|name| db.patient(name)).collect();
    let peers = |of: &Caller, rows| -> Vec<Vec<Person>> {
        let read = |page| db.messages.peers(of.id(), page).unwrap();
        let pages = pages(rows, read, |(key, _)| *key);
        pages.into_iter().map(|page| page.into_iter().map(|(_, person)| person).collect()).collect()
    };
    assert!(peers(&sarah, 2).is_empty());
    // Not in the order of the accounts, and begun now by one side, now by the other.
    for (i, sender) in [(3, true), (0, false), (4, true), (1, false)] {
        let other = &others[i];
        db.says(between(&sarah, other), if sender { &sarah } else { other }, &["x", "y"]);
    }
    db.says(support_of(&sarah), &sarah, &["help"]);
    db.says(between(&others[2], &others[3]), &others[2], &["of no concern to sarah"]);
    db.says(between(&sarah, &others[3]), &others[3], &["a later message moves nobody"]);
    let expected: Vec<_> = [3, 0, 4, 1].iter().map(|i| others[*i].person.clone()).collect();
    for rows in [1, 2, 3, 4, 5] {
        let expected: Vec<Vec<_>> = expected.chunks(rows).map(<[_]>::to_vec).collect();
        assert_eq!(peers(&sarah, rows.try_into().unwrap()), expected);
    }
    assert_eq!(peers(&others[0], 5), [vec![sarah.person.clone()]]);
    assert_eq!(peers(&others[3], 5), [vec![sarah.person.clone(), others[2].person.clone()]]);
});

on_both!(last_in_tells_of_exactly_the_rooms_that_were_asked_for, |db: &TestStore| {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| db.patient(name));
    // Every pair has a conversation of its own length, and two have support rooms.
    let pairs = [(&a, &b), (&a, &c), (&a, &d), (&b, &c), (&b, &d), (&c, &d), (&a, &a), (&d, &d)];
    for (length, (one, other)) in (1_usize..).zip(pairs) {
        db.says(between(one, other), other, &vec!["x"; length]);
    }
    let last_in = |rooms: &[Room]| {
        let mut found = db.messages.last_in(rooms).unwrap();
        found.sort_unstable();
        found.into_iter().map(|(room, last)| (room, last.get())).collect::<Vec<_>>()
    };
    assert_eq!(last_in(&[]), []);
    // (a, c) and (b, b) are of the lows and highs of these, and not among them; so is (a, d).
    let asked = [between(&a, &b), between(&b, &c), between(&d, &c)];
    assert_eq!(last_in(&asked), [(asked[0], 1), (asked[1], 4), (asked[2], 6)]);
    assert_eq!(last_in(&[support_of(&a), support_of(&d)]), [(support_of(&a), 7), (support_of(&d), 8)]);
    let never_begun = [support_of(&b), Room::of(a.id(), AccountId::new(9_999))];
    assert_eq!(last_in(&never_begun), []);
    assert_eq!(last_in(&[never_begun[0], asked[1], never_begun[1]]), [(asked[1], 4)]);
    // What was deleted was said: the numbers go on.
    db.clear(&a, asked[0]);
    assert_eq!(last_in(&asked[..1]), [(asked[0], 1)]);
});

on_both!(last_in_takes_more_rooms_than_one_query_does, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let begun = [between(&sarah, &kyle), support_of(&sarah), support_of(&kyle)];
    begun.iter().for_each(|room| db.says(*room, &sarah, &["x"]));
    let unknown = (1..).map(|i| Room::of(sarah.id(), AccountId::new(10_000 + i)));
    // One at the beginning, one in the middle and one at the end, some asked for in two of the queries.
    let mut asked: Vec<Room> = unknown.take(40_000).collect();
    for (place, room) in [(0, begun[0]), (777, begun[1]), (1_200, begun[1]), (40_002, begun[2])] {
        asked.insert(place, room);
    }
    let found: BTreeSet<_> = db.messages.last_in(&asked).unwrap().into_iter().collect();
    assert_eq!(found, begun.map(|room| (room, Seq::new(1))).into());
});
