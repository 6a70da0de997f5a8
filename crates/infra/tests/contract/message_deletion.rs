//! Deleting a conversation: at once for both, and after that the texts go from the disk, step by step.
use crate::{
    people::at,
    support::{Town, at_once},
    talk::{between, deletion, named, numbers, saying, support_of, texts},
};
use domain::{
    audit::AuditAction,
    messaging::{Message, Room, Seq},
    shared::{AccountId, Page},
};

/// That many more messages, by SQL: a long conversation is made in no time.
fn lengthen(town: &Town, room: Room, by: i64) {
    let mut sql = town.place.sql();
    let which = format!("low_id = {} and high_id = {}", room.low(), room.high());
    let last = sql.number(&format!("select last_seq from conversations where {which}"));
    let until = last + by;
    sql.run(&format!(
        "insert into messages (conversation_id, seq, sender_id, from_staff, body, sent_at) \
         with recursive n (n) as (select {last} + 1 union all select n + 1 from n where n < {until}) \
         select id, n, low_id, false, 'secret', started_at from conversations, n where {which}"
    ))
    .unwrap();
    sql.run(&format!("update conversations set last_seq = {until} where {which}")).unwrap();
}

fn shown(town: &Town, room: Room) -> Vec<Message> {
    let since = town.messages.since(room, Page::first()).unwrap();
    let mut latest = town.messages.latest(room, Page::first()).unwrap();
    latest.reverse();
    assert_eq!(since, latest);
    since
}

on_both!(a_deleted_conversation_is_gone_for_both_and_its_numbers_go_on, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let room = between(&sarah, &house);
    town.says(room, &sarah, &["one", "two"]);
    town.says(room, &house, &["three"]);
    town.clear(&house, room);
    assert_eq!(shown(town, room), []);
    for one in [&sarah, &house] {
        assert_eq!(town.messages.peers(one.id(), Page::first()).unwrap(), []);
    }
    assert_eq!(town.messages.last_in(&[room]).unwrap(), [(room, Seq::new(3))]);
    let four = town.say(&saying(room, &sarah, "four"));
    assert_eq!((four.seq, shown(town, room)), (Seq::new(4), vec![four]));
    for (one, other) in [(&sarah, &house), (&house, &sarah)] {
        let peers = town.messages.peers(one.id(), Page::first()).unwrap();
        assert_eq!(peers.iter().map(|(_, person)| person).collect::<Vec<_>>(), [&other.person]);
    }
    assert_eq!(town.place.sql().count("conversations"), 1);
});

on_both!(a_deletion_is_on_the_trail_of_both_when_there_was_something_to_delete, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let room = between(&sarah, &house);
    let deletions = || {
        [&sarah, &house].map(|one| {
            let lines = town.audit_log.of(one.id(), Page::first()).unwrap();
            let deleted = lines.into_iter().filter(|line| line.entry.act == AuditAction::ConversationDeleted);
            deleted.map(|line| line.entry).collect::<Vec<_>>()
        })
    };
    for round in 1..=2 {
        town.says(room, &house, &["x"]);
        // The second time there is nothing left.
        for _ in 0..2 {
            town.clear(&sarah, room);
            assert_eq!(deletions().map(|entries| entries.len()), [round; 2]);
        }
    }
    let expected = deletion(&sarah, room);
    assert_eq!(deletions().map(|mut entries| entries.remove(0)).to_vec(), expected);
});

on_both!(deleting_what_never_was_is_no_failure_and_leaves_nothing, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let before = town.place.sql().everything();
    town.clear(&sarah, between(&sarah, &house));
    town.clear(&sarah, Room::of(sarah.id(), AccountId::new(9_999)));
    assert_eq!(before, town.place.sql().everything());
    assert_eq!(town.erase_all(), [0; 0]);
});

on_both!(a_deletion_touches_no_other_conversation, |town: &Town| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| town.patient(name));
    let others = [
        between(&sarah, &john),
        between(&kyle, &john),
        support_of(&sarah),
        support_of(&kyle),
        support_of(&john),
    ];
    let room = between(&sarah, &kyle);
    others.iter().chain([&room]).for_each(|room| town.says(*room, &sarah, &["one", "two"]));
    let before = others.map(|room| shown(town, room));
    town.clear(&sarah, room);
    assert_eq!(town.erase_all(), [2]);
    assert_eq!(others.map(|room| shown(town, room)), before);
    assert_eq!(town.messages.at_desk_since(AccountId::new(1), Page::first(), at(99)).unwrap().len(), 6);
});

on_both!(the_texts_of_a_deleted_conversation_go_from_the_table_and_those_after_it_stay, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let room = between(&sarah, &house);
    town.says(room, &sarah, &["secret one"]);
    town.say(&named(saying(room, &sarah, "secret two"), "c-2"));
    town.say(&named(saying(room, &house, "secret three"), "c-3"));
    assert_eq!(town.erase_all(), [0; 0], "nothing was deleted");
    assert_eq!(shown(town, room).len(), 3);
    town.clear(&sarah, room);
    town.says(room, &house, &["new one"]);
    assert_eq!(town.erase_all(), [3]);
    let mut sql = town.place.sql();
    let left = sql.words("select body as words from messages order by seq");
    assert_eq!(left, ["", "", "new one"], "named messages stay without their texts");
    assert!(!sql.everything().join("\n").contains("secret"));
    assert_eq!(texts(&shown(town, room)), ["new one"]);
    // A second deletion goes on where the first ended.
    town.clear(&house, room);
    assert_eq!(town.erase_all(), [1]);
    assert_eq!(sql.words("select body as words from messages"), ["", ""]);
    assert_eq!(town.say(&saying(room, &sarah, "x")).seq, Seq::new(5));
});

on_both!(a_long_conversation_is_deleted_at_once_and_erased_in_bounded_steps, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let (room, other) = (between(&sarah, &house), between(&sarah, &town.patient("kyle")));
    for room in [room, other] {
        town.says(room, &sarah, &["secret"]);
        lengthen(town, room, 1_200);
    }
    town.clear(&sarah, room);
    assert_eq!(shown(town, room), []);
    assert_eq!(town.place.sql().count("messages"), 2_402, "it waits for nothing");
    let steps = town.erase_all();
    assert!(steps.len() > 1 && steps.iter().all(|step| *step <= 500), "{steps:?}");
    assert_eq!(steps.iter().sum::<usize>(), 1_201);
    assert_eq!(town.place.sql().count("messages"), 1_201);
    assert_eq!(town.messages.erase_cleared().unwrap(), 0);
    assert_eq!(numbers(&town.since(other, 1_199)), [1_200, 1_201]);
});

on_both!(two_nodes_that_erase_at_once_erase_what_was_deleted_and_nothing_else, |town: &Town| {
    let sarah = town.patient("sarah");
    let nodes = [&**town, &town.second_node()];
    for round in 0..3 {
        let rooms: Vec<_> = (0..4)
            .map(|i| {
                let room = between(&sarah, &town.patient(&format!("peer-{round}-{i}")));
                town.says(room, &sarah, &["secret"]);
                lengthen(town, room, 300 * (1 + i));
                town.clear(&sarah, room);
                town.says(room, &sarah, &["new"]);
                room
            })
            .collect();
        let erased = at_once(4, |i| {
            // A node that finds everything in another's hands may stop; the job runs again.
            nodes[i % 2].erase_all().iter().sum::<usize>()
        });
        let late: usize = town.erase_all().iter().sum();
        assert_eq!(erased.iter().sum::<usize>() + late, 3_004, "round {round}: {erased:?} and {late}");
        for room in rooms {
            assert_eq!(texts(&shown(town, room)), ["new"], "round {round}");
        }
        assert_eq!(town.place.sql().number("select count(*) from messages where body = 'secret'"), 0);
    }
});

on_both!(erasing_never_removes_what_is_said_meanwhile, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let (room, other) = (between(&sarah, &house), town.second_node());
    for round in 0..10 {
        town.says(room, &sarah, &["secret"]);
        lengthen(town, room, 700);
        town.clear(&sarah, room);
        let (said, _) = crate::support::both_at_once(
            || (0..5).map(|_| town.say(&saying(room, &house, "new"))).collect::<Vec<_>>(),
            || other.erase_all(),
        );
        assert_eq!(shown(town, room), said, "round {round}");
        town.clear(&house, room);
        town.erase_all();
        assert_eq!(town.place.sql().count("messages"), 0, "round {round}");
    }
});
