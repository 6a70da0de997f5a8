//! What waits in the support inbox for an answer, what the staff see of one room, and the audit entry of each who sees it.
use crate::{
    support::{TestStore, at},
    talk::{answering, between, saying, support_of},
};
use domain::{
    audit::AuditAction,
    identity::Caller,
    messaging::{Message, Seq, ports::Waiting},
    shared::{AccountId, Page, Timestamp},
};

/// A member of the staff and three people with support rooms. By id: john, kyle, sarah.
fn staff_and_owners(db: &TestStore) -> (Caller, [Caller; 3]) {
    (db.patient("root"), ["john", "kyle", "sarah"].map(|name| db.patient(name)))
}

fn ask(db: &TestStore, owner: &Caller, question: &str) -> Message {
    db.say(&saying(support_of(owner), owner, question))
}

fn place(message: &Message) -> Waiting {
    (message.room.owner().unwrap(), message.seq)
}

/// Everything that waits, read in pages of that many rows.
fn waiting(db: &TestStore, staff: &Caller, rows: u16) -> Vec<Message> {
    let mut all: Vec<Message> = vec![];
    loop {
        let page = all.last().map_or_else(Page::first, |m| Page::after(place(m))).with_limit(rows);
        let page = db.messages.waiting(staff.id(), page, at(70)).unwrap();
        assert!(page.len() <= usize::from(rows));
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Who saw this person's support room, and when.
fn seen(db: &TestStore, owner: &Caller) -> Vec<(Option<AccountId>, Timestamp)> {
    let lines = db.audit_log.of(owner.id(), Page::first()).unwrap();
    let seen = lines.into_iter().filter(|line| line.entry.act == AuditAction::SupportSeen);
    seen.map(|line| (line.entry.actor, line.entry.at)).collect()
}

fn times_seen(db: &TestStore, owners: &[Caller; 3]) -> [usize; 3] {
    owners.each_ref().map(|owner| seen(db, owner).len())
}

on_both!(nothing_waits_where_nobody_asked_and_seeing_nothing_leaves_nothing, |db: &TestStore| {
    let (root, [john, kyle, _]) = staff_and_owners(db);
    db.says(between(&john, &kyle), &john, &["this is private"]);
    let before = db.database.sql().everything();
    assert_eq!(waiting(db, &root, 500), []);
    assert_eq!(before, db.database.sql().everything());
});

on_both!(questions_wait_room_by_room_oldest_first_and_each_reader_of_them_is_audited, |db: &TestStore| {
    let (root, owners) = staff_and_owners(db);
    let [john, kyle, sarah] = &owners;
    let asked = [(kyle, "k1"), (sarah, "s1"), (kyle, "k2"), (john, "j1"), (sarah, "s2")]
        .map(|(owner, question)| ask(db, owner, question));
    let [k1, s1, k2, j1, s2] = asked;
    assert_eq!(waiting(db, &root, 500), [j1, k1, k2, s1, s2]);
    for owner in &owners {
        assert_eq!(seen(db, owner), [(Some(root.id()), at(70))]);
    }
    assert_eq!(seen(db, &root), []);
});

on_both!(a_page_may_end_in_the_middle_of_a_room_and_each_room_is_told_of_once, |db: &TestStore| {
    let (root, owners) = staff_and_owners(db);
    let mut expected = vec![];
    for (owner, questions) in owners.iter().zip([2, 5, 1]) {
        expected.extend((0..questions).map(|i| ask(db, owner, &format!("question {i}"))));
    }
    for (run, rows) in (1..).zip([1, 2, 3, 4, 7, 8, 500]) {
        assert_eq!(waiting(db, &root, rows), expected, "in pages of {rows}");
        assert_eq!(times_seen(db, &owners), [run; 3], "in pages of {rows}");
    }
});

on_both!(a_page_tells_of_the_rooms_that_are_on_it_and_of_no_others, |db: &TestStore| {
    let (root, owners) = staff_and_owners(db);
    let asked: Vec<_> = owners.iter().flat_map(|o| [ask(db, o, "one"), ask(db, o, "two")]).collect();
    let page = |after: Option<&Message>| {
        let page = after.map_or_else(Page::first, |m| Page::after(place(m))).with_limit(2);
        db.messages.waiting(root.id(), page, at(70)).unwrap()
    };
    assert_eq!(page(None), asked[..2]);
    assert_eq!(times_seen(db, &owners), [1, 0, 0]);
    // From the middle of the second room to the middle of the third.
    assert_eq!(page(Some(&asked[2])), asked[3..5]);
    assert_eq!(times_seen(db, &owners), [1, 0, 1], "the page before it told of the second");
    assert_eq!(page(Some(&asked[5])), []);
});

on_both!(an_answered_room_does_not_wait_until_something_new_is_asked, |db: &TestStore| {
    let (root, owners) = staff_and_owners(db);
    let [john, kyle, _] = &owners;
    ask(db, john, "one");
    ask(db, john, "two");
    let other = ask(db, kyle, "unanswered");
    db.say(&answering(&root, john, "an answer"));
    for rows in [1, 500] {
        assert_eq!(waiting(db, &root, rows), std::slice::from_ref(&other));
    }
    assert_eq!(times_seen(db, &owners), [0, 2, 0]);
    let new = ask(db, john, "and now?");
    assert_eq!(waiting(db, &root, 500), [new, other.clone()], "only what came after the answer");
    db.say(&answering(&root, john, "one answer"));
    db.say(&answering(&root, john, "another answer"));
    assert_eq!(waiting(db, &root, 500), [other]);
});

on_both!(what_the_staff_begin_does_not_wait, |db: &TestStore| {
    let (root, [john, ..]) = staff_and_owners(db);
    db.say(&answering(&root, &john, "how do you do?"));
    assert_eq!(waiting(db, &root, 500), []);
    let reply = ask(db, &john, "badly");
    assert_eq!(waiting(db, &root, 500), [reply]);
});

on_both!(any_of_the_staff_may_answer_and_each_who_sees_is_told_of, |db: &TestStore| {
    let (root, [john, ..]) = staff_and_owners(db);
    let (other, question) = (db.patient("other"), ask(db, &john, "help"));
    for staff in [&root, &other] {
        assert_eq!(waiting(db, staff, 500), std::slice::from_ref(&question));
    }
    assert_eq!(seen(db, &john).len(), 2);
    db.say(&answering(&other, &john, "yes?"));
    assert_eq!(waiting(db, &root, 500), []);
    let answered_by = format!("select answered_by from conversations where low_id = {}", john.id());
    assert_eq!(db.database.sql().number(&answered_by), other.id().get());
});

on_both!(what_cannot_be_audited_is_not_shown, |db: &TestStore| {
    let (root, [john, ..]) = staff_and_owners(db);
    ask(db, &john, "help");
    db.database.sql().fail_at_commit("audit_entries", "new.act = 'support.read'");
    db.refuses(|| db.messages.waiting(root.id(), Page::first(), at(70)));
    db.refuses(|| db.messages.support_since(root.id(), support_of(&john), Page::first(), at(70)));
});

on_both!(the_staff_see_a_room_as_its_owner_does_and_each_page_of_it_is_audited, |db: &TestStore| {
    let (root, [john, kyle, _]) = staff_and_owners(db);
    let room = support_of(&john);
    let read = |staff: &Caller, after, rows| {
        let page = Page::after(Seq::new(after)).with_limit(rows);
        db.messages.support_since(staff.id(), room, page, at(70)).unwrap()
    };
    ask(db, &kyle, "in another room");
    assert_eq!((read(&root, 0, 500), seen(db, &john)), (vec![], vec![]), "nothing is seen of nothing");
    for question in ["one", "two"] {
        ask(db, &john, question);
    }
    db.say(&answering(&root, &john, "an answer"));
    assert_eq!(read(&root, 0, 500), db.since(room, 0));
    assert_eq!(seen(db, &john), [(Some(root.id()), at(70))]);
    for (after, times) in [(0, 2), (1, 3), (2, 3), (3, 3)] {
        assert_eq!(read(&root, after, 1), db.since(room, after).into_iter().take(1).collect::<Vec<_>>());
        assert_eq!(seen(db, &john).len(), times, "after {after}; their own words show the staff nothing");
    }
    let other = db.patient("other");
    assert_eq!(read(&other, 2, 500).len(), 1);
    assert_eq!(seen(db, &john)[0], (Some(other.id()), at(70)), "what another of the staff said");
    assert_eq!(times_seen(db, &[kyle.clone(), root, other]), [0; 3]);
});

on_both!(a_room_that_waits_is_there_for_another_node_too, |db: &TestStore| {
    let (root, [john, ..]) = staff_and_owners(db);
    let question = ask(db, &john, "help");
    let node = db.second_node();
    assert_eq!(node.messages.waiting(root.id(), Page::first(), at(70)).unwrap(), [question]);
    assert_eq!(seen(db, &john).len(), 1);
});
