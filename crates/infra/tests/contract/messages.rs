//! What is said is numbered, kept byte for byte, and shown to those whose conversation it is.
use crate::{
    support::{TestStore, at},
    talk::{answering, between, inbox_numbers, numbers, saying, support_of, texts},
};
use domain::{
    audit::AuditAction,
    messaging::{Message, Room, Sending, Seq, Text},
    shared::{AccountId, Page},
};

on_both!(the_first_message_of_a_conversation_has_the_number_one_and_each_next_follows, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    for seq in 1..=5 {
        let sender = if seq % 2 == 0 { &house } else { &sarah };
        let sending = Sending { at: at(50 + seq), ..saying(room, sender, &format!("message {seq}")) };
        let sent = db.messages.send(&sending).unwrap();
        let expected = Message {
            room,
            seq: Seq::new(seq),
            inbox_seq: None,
            sender: sender.id(),
            from_staff: false,
            text: format!("message {seq}"),
            client_id: None,
            at: at(50 + seq),
        };
        assert_eq!((sent.message, sent.again), (expected.clone(), false));
        assert_eq!(db.since(room, seq - 1), [expected], "read back as it was answered");
    }
});

on_both!(two_people_have_one_conversation_from_either_side, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.say(&saying(between(&house, &sarah), &house, "come in"));
    db.say(&saying(between(&sarah, &house), &sarah, "thank you"));
    let all = db.since(Room::of(house.id(), sarah.id()), 0);
    assert_eq!((texts(&all), numbers(&all)), (vec!["come in", "thank you"], vec![1, 2]));
    assert_eq!(db.database.sql().count("conversations"), 1);
});

on_both!(every_conversation_is_numbered_on_its_own, |db: &TestStore| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| db.patient(name));
    let rooms = [between(&sarah, &kyle), between(&sarah, &john), between(&kyle, &john), support_of(&sarah)];
    for round in 1..=3 {
        for room in rooms {
            let sender = if room.low() == sarah.id() { &sarah } else { &kyle };
            assert_eq!(db.say(&saying(room, sender, "x")).seq, Seq::new(round), "{room:?}");
        }
    }
    for room in rooms {
        assert_eq!(numbers(&db.since(room, 0)), [1, 2, 3], "{room:?}");
    }
});

on_both!(a_message_is_shown_in_its_own_conversation_only, |db: &TestStore| {
    let [sarah, kyle, john] = ["sarah", "kyle", "john"].map(|name| db.patient(name));
    db.says(between(&sarah, &kyle), &sarah, &["to kyle"]);
    db.says(between(&sarah, &john), &sarah, &["to john"]);
    db.says(support_of(&sarah), &sarah, &["to the staff"]);
    let shown = |room| {
        let (since, latest) = (db.since(room, 0), rows!(db.messages, latest(room, Page::first())).unwrap());
        assert_eq!(since, latest);
        since.into_iter().map(|m| m.text).collect::<Vec<_>>()
    };
    assert_eq!(shown(between(&sarah, &kyle)), ["to kyle"]);
    assert_eq!(shown(between(&john, &sarah)), ["to john"]);
    assert_eq!(shown(support_of(&sarah)), ["to the staff"]);
    for empty in [between(&kyle, &john), support_of(&kyle), Room::support(AccountId::new(9_999))] {
        assert_eq!(shown(empty), [""; 0], "{empty:?}");
    }
});

on_both!(support_messages_are_numbered_in_the_inbox_too_over_all_rooms, |db: &TestStore| {
    let (root, sarah, kyle) = (db.patient("root"), db.patient("sarah"), db.patient("kyle"));
    assert_eq!(db.messages.last_in_inbox().unwrap(), Seq::START);
    let said = [
        saying(support_of(&sarah), &sarah, "one"),
        saying(support_of(&kyle), &kyle, "two"),
        answering(&root, &sarah, "three"),
        saying(support_of(&kyle), &kyle, "four"),
        // A member of the staff has a support room too.
        saying(support_of(&root), &root, "five"),
    ]
    .map(|sending| {
        db.says(between(&sarah, &kyle), &sarah, &["between two people: not in the inbox"]);
        db.say(&sending)
    });
    assert_eq!(numbers(&said), [1, 1, 2, 2, 1]);
    assert_eq!(inbox_numbers(&said), [1, 2, 3, 4, 5]);
    assert_eq!(db.messages.inbox_since(AccountId::new(1), Page::first(), at(99)).unwrap(), said);
    assert_eq!(db.messages.last_in_inbox().unwrap(), Seq::new(5));
    assert_eq!(inbox_numbers(&db.since(between(&sarah, &kyle), 0)), [0; 0]);
});

on_both!(
    an_answer_of_the_staff_is_marked_as_theirs_and_is_in_the_audit_log_of_the_room_s_owner,
    |db: &TestStore| {
        let (root, sarah) = (db.patient("root"), db.patient("sarah"));
        db.says(support_of(&sarah), &sarah, &["help"]);
        let answer = db.say(&answering(&root, &sarah, "yes?"));
        assert_eq!((answer.sender, answer.from_staff), (root.id(), true));
        assert_eq!(db.since(support_of(&sarah), 1), [answer]);
        let line = db.audit_log.of(sarah.id(), Page::first()).unwrap().remove(0);
        assert_eq!((line.entry.act, line.entry.actor), (AuditAction::SupportAnswered, Some(root.id())));
        assert_eq!(line.entry.object, Some(2), "which message it was");
        assert_eq!(line.entry.at, at(51));
        assert_eq!(db.acts(&root), [AuditAction::AccountRegistered]);
    }
);

on_both!(a_text_comes_back_byte_for_byte, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (room, full) = (between(&sarah, &house), "🦷".repeat(Text::MAX / 4));
    assert_eq!(full.len(), Text::MAX);
    let odd = [
        "",
        " ",
        "  spaced  \r\n\t",
        "зуб болит 🦷👩🏽‍⚕️",
        "e\u{301} is not \u{e9}",
        "it's \"quoted\"; drop table messages; -- $1 ?1 :a \\ \\' %s",
        "\u{1}\u{1b}[2J\u{7f}\u{200b}\u{202e}\u{feff}\u{10ffff}",
        "true",
        "0012.50",
        &full,
    ];
    for text in odd {
        assert_eq!(db.say(&saying(room, &sarah, text)).text, text);
    }
    assert_eq!(texts(&db.since(room, 0)), odd);
});

on_both!(a_time_comes_back_to_the_microsecond_whatever_the_order_of_the_clocks, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    let times = [1_753_084_800_000_001, 1_753_084_799_999_999, 0, 4_102_444_800_123_450]
        .map(|micros| domain::shared::Timestamp::from_timestamp_micros(micros).unwrap());
    for at in times {
        assert_eq!(db.say(&Sending { at, ..saying(room, &sarah, "now") }).at, at);
    }
    let read: Vec<_> = db.since(room, 0).into_iter().map(|m| m.at).collect();
    assert_eq!(read, times, "in the order of the numbers, not of the clocks");
});

on_both!(what_somebody_unknown_says_leaves_nothing, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.says(between(&sarah, &house), &sarah, &["x"]);
    db.says(support_of(&sarah), &sarah, &["x"]);
    let nobody = AccountId::new(9_999);
    db.refuses(|| db.messages.send(&saying(Room::of(sarah.id(), nobody), &sarah, "to nobody")));
    for room in [between(&sarah, &house), support_of(&sarah)] {
        let sending = Sending { sender: nobody, ..saying(room, &sarah, "from nobody") };
        db.refuses(|| db.messages.send(&sending));
        assert_eq!(db.say(&saying(room, &sarah, "after that")).seq, Seq::new(2), "no number is lost");
    }
    assert_eq!(db.messages.last_in_inbox().unwrap(), Seq::new(2));
});

on_both!(an_answer_whose_entry_cannot_be_written_is_not_said, |db: &TestStore| {
    let (root, sarah) = (db.patient("root"), db.patient("sarah"));
    db.says(support_of(&sarah), &sarah, &["help"]);
    db.database.sql().refuse_inserts("audit_entries", "new.act = 'support.answer'");
    db.refuses(|| db.messages.send(&answering(&root, &sarah, "unseen")));
    assert_eq!(texts(&db.since(support_of(&sarah), 0)), ["help"]);
});
