//! A message that is sent again under the name that its client gave it is the same message.
use crate::{
    support::{Node, TestStore},
    talk::{between, named, numbers, saying, support_of, texts},
};
use domain::messaging::{ClientId, MessagingError, Sending, Sent, Seq};

fn again(node: &Node, sending: &Sending) -> Sent {
    let sent = node.messages.send(sending).unwrap();
    assert!(sent.again, "stored twice: {sent:?}");
    sent
}

on_both!(a_message_sent_again_is_stored_once_and_answered_with_the_first, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    for room in [between(&sarah, &house), support_of(&sarah)] {
        let first = named(saying(room, &sarah, "first"), &format!("name in {room:?}"));
        let first = (db.messages.send(&first).unwrap(), first);
        assert!(!first.0.again);
        db.says(room, &sarah, &["in between"]);
        let before = db.database.sql().everything();
        let second = Sending { at: crate::support::at(99), ..saying(room, &sarah, "another text") };
        let second = Sending { client_id: first.1.client_id.clone(), ..second };
        for node in [&**db, &db.second_node()] {
            for sending in [&first.1, &second] {
                assert_eq!(again(node, sending).message, first.0.message);
            }
        }
        assert_eq!(before, db.database.sql().everything(), "sending again left something");
        assert_eq!(db.say(&saying(room, &sarah, "next")).seq, Seq::new(3), "a number was lost");
    }
});

on_both!(a_name_is_told_with_the_message_to_everybody_who_reads_it, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    let longest = "ы".repeat(ClientId::MAX);
    let names = ["c-1", " ", "0", "it's; \"drop\" --", "🦷", &longest, "e\u{301}", "\u{e9}", "C-1"];
    for name in names {
        assert!(!db.messages.send(&named(saying(room, &sarah, name), name)).unwrap().again, "{name:?}");
    }
    let read: Vec<_> = db.since(room, 0).into_iter().map(|m| m.client_id.unwrap()).collect();
    assert_eq!(read.iter().map(ClientId::as_str).collect::<Vec<_>>(), names);
});

on_both!(a_name_that_was_used_in_another_conversation_is_refused_and_leaves_nothing, |db: &TestStore| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| db.patient(name));
    let (here, begun) = (between(&sarah, &kyle), between(&sarah, &john));
    db.say(&named(saying(here, &sarah, "first"), "c-1"));
    db.says(begun, &sarah, &["hello"]);
    for elsewhere in [begun, support_of(&sarah)] {
        for node in [&**db, &db.second_node()] {
            let refused = db.refuses(|| node.messages.send(&named(saying(elsewhere, &sarah, "x"), "c-1")));
            assert!(matches!(refused, MessagingError::ClientIdTaken), "{refused:?}");
        }
    }
    assert_eq!(db.messages.last_in_inbox().unwrap(), Seq::START);
    assert!(again(db, &named(saying(here, &sarah, "x"), "c-1")).message.text == "first");
});

on_both!(two_people_may_give_the_same_name, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let room = between(&sarah, &kyle);
    for (sender, room) in [(&sarah, room), (&kyle, room)] {
        assert!(!db.messages.send(&named(saying(room, sender, "x"), "c-1")).unwrap().again);
    }
    for (sender, seq) in [(&sarah, 1), (&kyle, 2)] {
        let sent = again(db, &named(saying(room, sender, "x"), "c-1"));
        assert_eq!((sent.message.sender, sent.message.seq), (sender.id(), Seq::new(seq)));
    }
});

on_both!(messages_without_a_name_are_all_different, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let room = between(&sarah, &kyle);
    db.says(room, &sarah, &["same", "same", "same"]);
    assert_eq!(numbers(&db.since(room, 0)), [1, 2, 3]);
});

on_both!(
    a_deleted_message_that_is_sent_again_is_still_the_same_message_without_its_text,
    |db: &TestStore| {
        let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
        let room = between(&sarah, &kyle);
        let first = named(saying(room, &sarah, "secret"), "c-1");
        let said = db.say(&first);
        db.says(room, &kyle, &["unnamed"]);
        db.clear(&kyle, room);
        let erase = || assert_eq!(db.erase_all().iter().sum::<usize>(), 2);
        // Deleted first, and after that erased.
        for then in [&(|| ()) as &dyn Fn(), &erase] {
            then();
            let before = db.database.sql().everything();
            let sent = again(db, &first).message;
            assert_eq!((sent.seq, sent.text.as_str(), &sent.client_id), (said.seq, "", &first.client_id));
            assert_eq!(before, db.database.sql().everything(), "something was stored");
            assert_eq!(texts(&db.since(room, 0)), [""; 0], "it came back");
        }
        let elsewhere = named(saying(support_of(&sarah), &sarah, "x"), "c-1");
        assert!(matches!(db.refuses(|| db.messages.send(&elsewhere)), MessagingError::ClientIdTaken));
        assert_eq!(db.say(&saying(room, &sarah, "next")).seq, Seq::new(3));
    }
);
