//! What is committed is told, when it is committed, to every subscriber of the node; and what is not committed is not.
use crate::{
    support::{Node, TestStore, at, at_once},
    talk::{KnownEvent, Recorder, answering, between, named, saying, support_of},
};
use domain::{
    care::Status,
    events::{
        Event,
        ports::{EventBus, Subscriber},
    },
    messaging::{Message, MessagingError, Seq},
    notifications::Notification,
    shared::{Page, StoreError},
};
use infra::bus::InProcessBus;
use std::sync::{Arc, Mutex, OnceLock};

fn lines(db: &TestStore, owner: &domain::identity::Caller) -> Vec<Notification> {
    rows!(db.lines, of(owner.id(), Page::first())).unwrap()
}

/// When it hears of something, it looks for it in the database, from another node.
struct Looking {
    node: OnceLock<Node>,
    /// Whether it was there.
    found: Mutex<Vec<(KnownEvent, bool)>>,
}

impl Looking {
    fn at(db: &TestStore) -> (Arc<Self>, Node) {
        let recorder = Arc::new(Self { node: OnceLock::new(), found: Mutex::default() });
        let _ = recorder.node.set(db.second_node());
        let bus = InProcessBus::alone();
        bus.subscribe(recorder.clone());
        (recorder, db.node_on(Arc::new(bus)))
    }
}

impl Subscriber for Looking {
    fn on_event(&self, event: &Event) {
        let node = self.node.get().unwrap();
        let told = KnownEvent::of(event);
        let there = match &told {
            KnownEvent::Sent(said) => node.since(said.room, said.seq.get() - 1).contains(said),
            KnownEvent::Created(line) => node.lines.find(line.id).unwrap().as_ref() == Some(line),
            KnownEvent::UnreadChanged(owner) => node.unread(*owner) == 0,
            KnownEvent::Arrived(_) | KnownEvent::Left(_) => false,
        };
        self.found.lock().unwrap().push((told, there));
    }
    fn interrupted(&self) {}
}

on_both!(every_message_is_told_once_exactly_as_it_was_stored, |db: &TestStore| {
    let (root, sarah, house) = (db.patient("root"), db.patient("sarah"), db.doctor("house"));
    let ears = [(); 2].map(|()| Recorder::on(&*db.bus));
    let said: Vec<Message> = [
        saying(between(&sarah, &house), &sarah, ""),
        named(saying(between(&sarah, &house), &house, "боль \"тут\" 🦷"), "c-1"),
        named(saying(support_of(&sarah), &sarah, "help"), "c-1"),
        answering(&root, &sarah, "yes?"),
    ]
    .iter()
    .map(|sending| db.say(sending))
    .collect();
    assert_eq!(said[3].inbox_seq, Some(Seq::new(2)));
    let expected: Vec<_> = said.into_iter().map(KnownEvent::Sent).collect();
    for recorder in ears {
        assert_eq!(recorder.events(), expected);
        assert_eq!(recorder.interruptions(), 0);
    }
});

on_both!(what_an_event_tells_of_can_be_read_from_another_node, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (recorder, node) = Looking::at(db);
    for room in [between(&sarah, &house), support_of(&sarah)] {
        (0..5).for_each(|_| drop(node.say(&saying(room, &sarah, "x"))));
    }
    node.links.open(&crate::support::opening(&sarah, &house)).unwrap();
    let line = lines(db, &house).remove(0);
    node.lines.mark_read(house.id(), line.id).unwrap();
    let found = recorder.found.lock().unwrap();
    assert_eq!(found.len(), 12);
    let missing: Vec<_> = found.iter().filter(|(_, there)| !there).collect();
    assert!(missing.is_empty(), "told before the commit: {missing:?}");
});

on_both!(every_message_of_many_at_once_is_told_once, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let (recorder, node) = Looking::at(db);
    let room = between(&sarah, &house);
    at_once(8, |_| (0..5).for_each(|_| drop(node.say(&saying(room, &sarah, "x")))));
    let found = recorder.found.lock().unwrap();
    assert!(found.iter().all(|(_, there)| *there), "told before the commit");
    // Perhaps in another order: events are no list, the store is.
    let told =
        |seq: &Message| found.iter().filter(|(told, _)| *told == KnownEvent::Sent(seq.clone())).count();
    assert_eq!(db.since(room, 0).iter().map(told).collect::<Vec<_>>(), [1; 40]);
});

on_both!(what_is_sent_again_or_refused_is_not_told, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let room = between(&sarah, &kyle);
    db.say(&named(saying(room, &sarah, "first"), "c-1"));
    let recorder = Recorder::on(&*db.bus);
    assert!(db.messages.send(&named(saying(room, &sarah, "x"), "c-1")).unwrap().again);
    let elsewhere = named(saying(support_of(&sarah), &sarah, "x"), "c-1");
    assert!(matches!(db.refuses(|| db.messages.send(&elsewhere)), MessagingError::ClientIdTaken));
    db.clear(&kyle, room);
    assert!(db.messages.send(&named(saying(room, &sarah, "x"), "c-1")).unwrap().again);
    db.erase_all();
    assert_eq!(recorder.events(), []);
});

on_both!(a_message_sent_often_at_once_is_told_once, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let recorder = Recorder::on(&*db.bus);
    for round in 0..10 {
        let sending = named(saying(between(&sarah, &kyle), &sarah, "x"), &format!("c-{round}"));
        at_once(8, |_| db.say(&sending));
        assert_eq!(recorder.events().len(), round + 1);
    }
});

on_both!(a_change_that_fails_after_its_message_was_written_is_not_told, |db: &TestStore| {
    let (root, sarah) = (db.patient("root"), db.patient("sarah"));
    let recorder = Recorder::on(&*db.bus);
    db.database.sql().refuse_inserts("audit_entries", "new.act = 'support.answer'");
    db.refuses(|| db.messages.send(&answering(&root, &sarah, "never")));
    assert_eq!(recorder.events(), []);
});

on_both!(a_change_whose_commit_fails_is_not_told_and_the_next_one_is, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let room = between(&sarah, &house);
    let recorder = Recorder::on(&*db.bus);
    db.database.sql().fail_at_commit("messages", &format!("new.sender_id = {}", house.id()));
    // More often than the pool has connections: none may keep what it had to tell.
    for _ in 0..6 {
        let refused = db.refuses(|| db.messages.send(&saying(room, &house, "never")));
        assert!(matches!(refused, MessagingError::Store(StoreError::Failed(_))), "{refused:?}");
    }
    assert_eq!(recorder.events(), []);
    let said: Vec<_> = (0..6).map(|_| KnownEvent::Sent(db.say(&saying(room, &sarah, "said")))).collect();
    assert_eq!(recorder.events(), said);
});

on_both!(a_change_that_cannot_be_committed_notifies_nobody, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let recorder = Recorder::on(&*db.bus);
    db.database.sql().fail_at_commit("notifications", "true");
    db.refuses(|| db.links.open(&crate::support::opening(&sarah, &house)));
    assert_eq!(recorder.events(), []);
});

on_both!(a_new_notification_is_an_event_with_its_content, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let recorder = Recorder::on(&*db.bus);
    let link = db.linked(&sarah, &house, Status::Accepted);
    let expected = [lines(db, &house).remove(0), lines(db, &sarah).remove(0)];
    assert_eq!(expected[0].created_at, at(10));
    assert_eq!(recorder.events(), expected.map(KnownEvent::Created));
    db.refuses(|| db.links.open(&crate::support::opening(&sarah, &house)));
    db.links.end(&link.end(sarah.id(), at(30))).unwrap();
    let ended: Vec<_> = recorder.events().split_off(2);
    let created =
        ended.iter().all(|event| matches!(event, KnownEvent::Created(line) if line.created_at == at(30)));
    assert!(created, "{ended:?}");
});

on_both!(reading_and_deleting_a_line_of_one_s_own_is_told_and_of_another_s_is_not, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.ask(&sarah, &house);
    let line = lines(db, &house).remove(0).id;
    let recorder = Recorder::on(&*db.bus);
    assert!(!db.lines.mark_read(sarah.id(), line).unwrap());
    assert!(!db.lines.delete(sarah.id(), line).unwrap());
    assert_eq!(recorder.events(), []);
    assert!(db.lines.mark_read(house.id(), line).unwrap());
    assert_eq!(recorder.events(), [KnownEvent::UnreadChanged(house.id())]);
    assert!(db.lines.delete(house.id(), line).unwrap());
    assert!(!db.lines.delete(house.id(), line).unwrap());
    assert_eq!(
        recorder.events(),
        [KnownEvent::UnreadChanged(house.id()), KnownEvent::UnreadChanged(house.id())]
    );
});

on_both!(a_node_with_a_bus_of_its_own_tells_nobody_else, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let recorder = Recorder::on(&*db.bus);
    let bus: Arc<dyn EventBus> = Arc::new(InProcessBus::among_others());
    let other = Node::with(&db.database, bus);
    other.say(&saying(between(&sarah, &house), &sarah, "x"));
    assert_eq!(recorder.events(), []);
});
