//! Deleting a conversation: at once for both, and after that the texts go from the disk, step by step.
use crate::{
    people::at,
    support::{TestStore, at_once},
    talk::{between, deletion, named, numbers, saying, support_of, texts},
};
use domain::{
    audit::AuditAction,
    messaging::{Message, Room, Seq},
    shared::{AccountId, Page},
};

/// That many more messages, by SQL: a long conversation is made in no time.
fn lengthen(db: &TestStore, room: Room, by: i64) {
    let mut sql = db.database.sql();
    let which = format!("low_id = {} and high_id = {}", room.low(), room.high());
    let last = sql.number(&format!("select last_seq from conversations where {which}"));
    let until = last + by;
    sql.run(&format!(
        "insert into messages (conversation_id, seq, sender_id, from_staff, body, sent_at) \
         with recursive n (n) as (select {last} + 1 union all select n + 1 from n where n < {until}) \
         select id, n, low_id, false, '', started_at from conversations, n where {which}"
    ))
    .unwrap();
    sql.run(&format!("update conversations set last_seq = {until} where {which}")).unwrap();
}

fn shown(db: &TestStore, room: Room) -> Vec<Message> {
    let since = db.messages.since(room, Page::first()).unwrap();
    let mut latest = rows!(db.messages, latest(room, Page::first())).unwrap();
    latest.reverse();
    assert_eq!(since, latest);
    since
}

on_both!(a_deleted_conversation_is_gone_for_both_and_its_numbers_go_on, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    db.says(room, &sarah, &["one", "two"]);
    db.says(room, &house, &["three"]);
    db.clear(&house, room);
    assert_eq!(shown(db, room), []);
    for one in [&sarah, &house] {
        assert_eq!(db.messages.peers(one.id(), Page::first()).unwrap(), []);
    }
    assert_eq!(db.messages.last_in(&[room]).unwrap(), [(room, Seq::new(3))]);
    let four = db.say(&saying(room, &sarah, "four"));
    assert_eq!((four.seq, shown(db, room)), (Seq::new(4), vec![four]));
    for (one, other) in [(&sarah, &house), (&house, &sarah)] {
        let peers = db.messages.peers(one.id(), Page::first()).unwrap();
        assert_eq!(peers.iter().map(|(_, person)| person).collect::<Vec<_>>(), [&other.person]);
    }
    assert_eq!(db.database.sql().count("conversations"), 1);
});

on_both!(a_deletion_is_in_the_audit_log_of_both_when_there_was_something_to_delete, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    let deletions = || {
        [&sarah, &house].map(|one| {
            let lines = db.audit_log.of(one.id(), Page::first()).unwrap();
            let deleted = lines.into_iter().filter(|line| line.entry.act == AuditAction::ConversationDeleted);
            deleted.map(|line| line.entry).collect::<Vec<_>>()
        })
    };
    for round in 1..=2 {
        db.says(room, &house, &["x"]);
        // The second time there is nothing left.
        for _ in 0..2 {
            db.clear(&sarah, room);
            assert_eq!(deletions().map(|entries| entries.len()), [round; 2]);
        }
    }
    let expected = deletion(&sarah, room);
    assert_eq!(deletions().map(|mut entries| entries.remove(0)).to_vec(), expected);
});

on_both!(deleting_what_never_was_is_no_failure_and_leaves_nothing, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let before = db.database.sql().everything();
    db.clear(&sarah, between(&sarah, &house));
    db.clear(&sarah, Room::of(sarah.id(), AccountId::new(9_999)));
    assert_eq!(before, db.database.sql().everything());
    assert_eq!(db.erase_all(), [0; 0]);
});

on_both!(a_deletion_touches_no_other_conversation, |db: &TestStore| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| db.patient(name));
    let others = [
        between(&sarah, &john),
        between(&kyle, &john),
        support_of(&sarah),
        support_of(&kyle),
        support_of(&john),
    ];
    let room = between(&sarah, &kyle);
    others.iter().chain([&room]).for_each(|room| db.says(*room, &sarah, &["one", "two"]));
    let before = others.map(|room| shown(db, room));
    db.clear(&sarah, room);
    assert_eq!(db.erase_all(), [2]);
    assert_eq!(others.map(|room| shown(db, room)), before);
    assert_eq!(db.messages.inbox_since(AccountId::new(1), Page::first(), at(99)).unwrap().len(), 6);
});

on_both!(the_texts_of_a_deleted_conversation_go_from_the_table_and_those_after_it_stay, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    db.says(room, &sarah, &["secret one"]);
    db.say(&named(saying(room, &sarah, "secret two"), "c-2"));
    db.say(&named(saying(room, &house, "secret three"), "c-3"));
    assert_eq!(db.erase_all(), [0; 0], "nothing was deleted");
    assert_eq!(shown(db, room).len(), 3);
    db.clear(&sarah, room);
    db.says(room, &house, &["new one"]);
    assert_eq!(db.erase_all(), [3]);
    let mut sql = db.database.sql();
    let blank =
        "select case when length(body) = 0 then 'blank' else 'text' end as words from messages order by seq";
    assert_eq!(sql.words(blank), ["blank", "blank", "text"], "named messages stay without their texts");
    assert_eq!(texts(&shown(db, room)), ["new one"]);
    // A second deletion goes on where the first ended.
    db.clear(&house, room);
    assert_eq!(db.erase_all(), [1]);
    assert_eq!(sql.words(blank), ["blank", "blank"]);
    assert_eq!(db.say(&saying(room, &sarah, "x")).seq, Seq::new(5));
});

on_both!(a_long_conversation_is_deleted_at_once_and_erased_in_bounded_steps, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (room, other) = (between(&sarah, &house), between(&sarah, &db.patient("kyle")));
    for room in [room, other] {
        db.says(room, &sarah, &["secret"]);
        lengthen(db, room, 1_200);
    }
    db.clear(&sarah, room);
    assert_eq!(shown(db, room), []);
    assert_eq!(db.database.sql().count("messages"), 2_402, "it waits for nothing");
    let steps = db.erase_all();
    assert!(steps.len() > 1 && steps.iter().all(|step| *step <= 500), "{steps:?}");
    assert_eq!(steps.iter().sum::<usize>(), 1_201);
    assert_eq!(db.database.sql().count("messages"), 1_201);
    assert_eq!(db.messages.erase_cleared().unwrap(), 0);
    // One that was not told yet that everything is sealed: the long conversation is not.
    assert_eq!(numbers(&db.second_node().since(other, 1_199)), [1_200, 1_201]);
});

on_both!(two_nodes_that_erase_at_once_erase_what_was_deleted_and_nothing_else, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let nodes = [&**db, &db.second_node()];
    for round in 0..3 {
        let rooms: Vec<_> = (0..4)
            .map(|i| {
                let room = between(&sarah, &db.patient(&format!("peer-{round}-{i}")));
                db.says(room, &sarah, &["secret"]);
                lengthen(db, room, 300 * (1 + i));
                db.clear(&sarah, room);
                db.says(room, &sarah, &["new"]);
                room
            })
            .collect();
        let erased = at_once(4, |i| {
            // A node that finds everything in another's hands may stop; the job runs again.
            nodes[i % 2].erase_all().iter().sum::<usize>()
        });
        let late: usize = db.erase_all().iter().sum();
        assert_eq!(erased.iter().sum::<usize>() + late, 3_004, "round {round}: {erased:?} and {late}");
        for room in rooms {
            assert_eq!(texts(&shown(db, room)), ["new"], "round {round}");
        }
        assert_eq!(db.database.sql().count("messages"), 4 * (round + 1));
    }
});

on_both!(erasing_never_removes_what_is_said_meanwhile, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (room, other) = (between(&sarah, &house), db.second_node());
    for round in 0..10 {
        db.says(room, &sarah, &["secret"]);
        lengthen(db, room, 700);
        db.clear(&sarah, room);
        let (said, _) = crate::support::both_at_once(
            || (0..5).map(|_| db.say(&saying(room, &house, "new"))).collect::<Vec<_>>(),
            || other.erase_all(),
        );
        assert_eq!(shown(db, room), said, "round {round}");
        db.clear(&house, room);
        db.erase_all();
        assert_eq!(db.database.sql().count("messages"), 0, "round {round}");
    }
});
