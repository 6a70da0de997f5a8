//! Many speak at once, on two nodes: numbers have no gap and no double, and they are the order in which one reads.
use crate::{
    people::at,
    support::{Node, TestStore, at_once, both_at_once},
    talk::{answering, between, inbox_numbers, named, numbers, saying, support_of},
};
use domain::{
    identity::Caller,
    messaging::{Message, MessagingError, Room, Sending, Sent, Seq},
    shared::{AccountId, Page, StoreError},
};
use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

const ROUNDS: usize = 20;

/// A busy house may tell somebody to come back: they do. What was refused left nothing, so the numbers stay gapless.
fn sent_at_last(node: &Node, sending: &Sending) -> Sent {
    loop {
        match node.messages.send(sending) {
            Err(MessagingError::Store(StoreError::Unavailable(_))) => thread::yield_now(),
            sent => return sent.unwrap(),
        }
    }
}

fn gapless(count: usize) -> Vec<i64> {
    (1..=count.try_into().unwrap()).collect()
}

fn sorted(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers
}

on_both!(two_first_messages_at_once_begin_one_conversation, |db: &TestStore| {
    let (sarah, other) = (db.patient("sarah"), db.second_node());
    for round in 0..ROUNDS {
        let kyle = db.patient(&format!("peer-{round}"));
        let room = between(&sarah, &kyle);
        let (one, two) = both_at_once(
            || db.say(&saying(room, &sarah, "hello")),
            || other.say(&saying(room, &kyle, "hello")),
        );
        let mut said = vec![one, two];
        said.sort_unstable_by_key(|m| m.seq);
        assert_eq!(numbers(&said), [1, 2], "round {round}");
        assert_eq!(db.since(room, 0), said, "round {round}");
        assert_eq!(db.database.sql().count("conversations"), i64::try_from(round).unwrap() + 1);
    }
});

on_both!(a_hundred_messages_at_once_of_two_people_are_numbered_without_gap_or_double, |db: &TestStore| {
    let people = [db.patient("sarah"), db.doctor("house")];
    let (room, nodes) = (between(&people[0], &people[1]), [&**db, &db.second_node()]);
    let said = at_once(100, |i| {
        sent_at_last(nodes[i % 2], &saying(room, &people[i / 2 % 2], &i.to_string())).message
    });
    assert_eq!(sorted(numbers(&said)), gapless(100));
    let shown = db.since(room, 0);
    assert_eq!(numbers(&shown), gapless(100));
    assert!(said.iter().all(|m| shown.contains(m)), "shown is not what was answered");
});

on_both!(a_hundred_people_in_the_inbox_at_once_are_numbered_without_gap_or_double, |db: &TestStore| {
    let people: Vec<Caller> = (0..100).map(|i| db.patient(&format!("patient-{i}"))).collect();
    let nodes = [&**db, &db.second_node()];
    let said = at_once(100, |i| {
        sent_at_last(nodes[i % 2], &saying(support_of(&people[i]), &people[i], "help")).message
    });
    assert_eq!(numbers(&said), [1; 100]);
    assert_eq!(sorted(inbox_numbers(&said)), gapless(100));
    assert_eq!(
        inbox_numbers(&db.messages.inbox_since(AccountId::new(1), Page::first(), at(99)).unwrap()),
        gapless(100)
    );
    assert_eq!(db.messages.last_in_inbox().unwrap(), Seq::new(100));
});

on_both!(a_message_sent_sixteen_times_at_once_from_two_nodes_is_stored_once, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let nodes = [&**db, &db.second_node()];
    for round in 0..ROUNDS {
        // Even rounds in the inbox; and every round's message may be the first of its conversation.
        let owner = if round % 2 == 0 { sarah.clone() } else { db.patient(&format!("peer-{round}")) };
        let room = if round % 2 == 0 { support_of(&sarah) } else { between(&owner, &kyle) };
        let before = db.messages.last_in(&[room]).unwrap().first().map_or(0, |(_, last)| last.get());
        let sent = at_once(16, |i| {
            let sending = named(saying(room, &owner, &i.to_string()), &format!("c-{round}"));
            sent_at_last(nodes[i % 2], &sending)
        });
        assert_eq!(sent.iter().filter(|sent| !sent.again).count(), 1, "round {round}: {sent:?}");
        for one in &sent {
            assert_eq!(one.message, sent[0].message, "round {round}");
        }
        assert_eq!(db.since(room, before), [sent[0].message.clone()], "round {round}");
        assert_eq!(sent[0].message.seq.get(), before + 1, "round {round}: a number was lost");
    }
});

on_both!(of_one_name_in_two_conversations_at_once_one_is_stored_and_the_other_refused, |db: &TestStore| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| db.patient(name));
    let nodes = [&**db, &db.second_node()];
    let pairs = [
        [between(&sarah, &kyle), between(&sarah, &john)],
        [between(&sarah, &kyle), support_of(&sarah)],
        [support_of(&sarah), between(&sarah, &john)],
    ];
    for round in 0..ROUNDS {
        let rooms = pairs[round % 3];
        let name = format!("c-{round}");
        let all = || rooms.iter().map(|room| db.since(*room, 0).len()).sum::<usize>();
        let before = all();
        let sent = at_once(2, |i| nodes[i].messages.send(&named(saying(rooms[i], &sarah, "x"), &name)));
        match sent.as_slice() {
            [Ok(stored), Err(MessagingError::ClientIdTaken)]
            | [Err(MessagingError::ClientIdTaken), Ok(stored)] => assert!(!stored.again),
            other => panic!("round {round}: {other:?}"),
        }
        assert_eq!(all(), before + 1, "round {round}");
    }
    for room in pairs.concat() {
        let shown = numbers(&db.since(room, 0));
        assert_eq!(shown, gapless(shown.len()), "a refused message took a number of {room:?}");
    }
});

on_both!(a_message_said_while_the_conversation_is_deleted_is_either_deleted_or_shown, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (room, other) = (between(&sarah, &house), db.second_node());
    let mut last = 0;
    for round in 0..ROUNDS {
        let (said, ()) = both_at_once(
            || (0..4).map(|i| db.say(&saying(room, &sarah, &i.to_string()))).collect::<Vec<_>>(),
            || (0..2).for_each(|_| other.clear(&house, room)),
        );
        assert_eq!(numbers(&said), (last + 1..=last + 4).collect::<Vec<_>>(), "round {round}");
        last += 4;
        let cleared = db.database.sql().number("select cleared_seq from conversations");
        let expected: Vec<Message> = said.into_iter().filter(|m| m.seq.get() > cleared).collect();
        assert_eq!(db.since(room, 0), expected, "round {round}: deleted up to {cleared}");
        db.erase_all();
        assert_eq!(db.since(room, 0), expected, "round {round}: deleted up to {cleared}");
        assert_eq!(db.messages.last_in(&[room]).unwrap(), [(room, Seq::new(last))]);
    }
});

/// Reads on from what it saw last, while others write, until all is said.
fn follow(over: &AtomicBool, read: impl Fn(Seq) -> Vec<i64>) -> Vec<i64> {
    let (mut seen, mut rest) = (vec![], false);
    while !rest {
        rest = over.load(SeqCst);
        let page = read(Seq::new(seen.last().copied().unwrap_or_default()));
        seen.extend(page);
    }
    seen
}

/// What four readers on two nodes see while six write.
fn followed(
    nodes: &[&Node],
    write: impl Fn(usize) + Sync,
    read: impl Fn(&Node, Seq) -> Vec<i64> + Sync,
) -> Vec<Vec<i64>> {
    let (over, write, read) = (&AtomicBool::new(false), &write, &read);
    thread::scope(|scope| {
        let follower = |i: usize| move || follow(over, |seq| read(nodes[i % 2], seq));
        let readers: Vec<_> = (0..4).map(|i| scope.spawn(follower(i))).collect();
        at_once(6, write);
        over.store(true, SeqCst);
        readers.into_iter().map(|reader| reader.join().unwrap()).collect()
    })
}

on_both!(a_reader_beside_many_writers_sees_every_number_once_and_in_order, |db: &TestStore| {
    let people = [db.patient("sarah"), db.doctor("house")];
    let (room, nodes) = (between(&people[0], &people[1]), [&**db, &db.second_node()]);
    let write = |i: usize| {
        (0..25).for_each(|_| drop(sent_at_last(nodes[i % 2], &saying(room, &people[i / 2 % 2], "x"))));
    };
    let read = |node: &Node, seq: Seq| numbers(&node.messages.since(room, Page::after(seq)).unwrap());
    for seen in followed(&nodes, write, read) {
        assert_eq!(seen, gapless(150));
    }
});

on_both!(a_reader_of_the_inbox_beside_many_writers_sees_every_number_once_and_in_order, |db: &TestStore| {
    let root = db.patient("root");
    let people: Vec<Caller> = (0..3).map(|i| db.patient(&format!("patient-{i}"))).collect();
    let nodes = [&**db, &db.second_node()];
    let write = |i: usize| {
        for round in 0..25 {
            let owner = &people[(i + round) % 3];
            let answer = i == 0;
            let question = || saying(Room::support(owner.id()), owner, "x");
            let sending = if answer { answering(&root, owner, "x") } else { question() };
            sent_at_last(nodes[i % 2], &sending);
        }
    };
    let read = |node: &Node, seq: Seq| {
        inbox_numbers(&node.messages.inbox_since(AccountId::new(1), Page::after(seq), at(99)).unwrap())
    };
    for seen in followed(&nodes, write, read) {
        assert_eq!(seen, gapless(150));
    }
});
