//! Letters that came back after the mail server had taken them.
use crate::{
    alarms::{in_a_crisis, make_staff, press, queue, read, take_all, told},
    support::{Node, TestStore, at},
};
use chrono::TimeDelta;
use domain::{
    crisis::{AlarmChanged, AlarmRecipient},
    events::{Event, ports::Subscriber},
    outbox::{
        Delivery, DeliveryState, Failure, MessageId, Outcome,
        ports::{BounceReports, DeliveryQueue},
    },
    shared::Timestamp,
};
use infra::{crisis::DieselBounceReports, outbox::DieselLetterQueue};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Writes to contacts and the therapist.
const PATTERN_2: i64 = 3;

fn bounced(node: &Node, letter: &Delivery, now: Timestamp) -> bool {
    let id = MessageId::parse(&letter.message_id).unwrap();
    DieselBounceReports(node.store.clone()).bounced(&id, now).unwrap()
}

fn to_contact(node: &Node, sarah: &domain::identity::Caller, id: domain::crisis::AlarmId) -> AlarmRecipient {
    read(node, sarah, id).contacts().next().unwrap().clone()
}

#[derive(Default)]
struct Changes(AtomicUsize);

impl Subscriber for Changes {
    fn on_event(&self, event: &Event) {
        if event.downcast_ref::<AlarmChanged>().is_some() {
            self.0.fetch_add(1, Relaxed);
        }
    }
    fn interrupted(&self) {}
}

on_both!(a_letter_that_came_back_was_not_accepted_and_is_told_once, |db: &TestStore| {
    let (sarah, ann) = (in_a_crisis(db, "sarah", PATTERN_2), db.patient("ann"));
    make_staff(db, &ann);
    let id = press(db, &sarah, at(10)).id;
    let letters = take_all(db, at(11));
    letters.iter().for_each(|letter| queue(db).finish(letter, Outcome::Accepted, at(12)).unwrap());
    let alarm = read(db, &sarah, id);
    assert!(alarm.message_sent_to_contacts() && alarm.therapist_notified());
    let changes = Arc::new(Changes::default());
    db.bus.subscribe(changes.clone());

    assert!(bounced(db, &letters[0], at(60)));
    let alarm = read(db, &sarah, id);
    assert_eq!(
        (alarm.message_sent_to_contacts(), alarm.therapist_notified(), alarm.is_settled()),
        (false, true, true)
    );
    let delivery = to_contact(db, &sarah, id).delivery;
    assert_eq!((delivery.state, delivery.failure), (DeliveryState::Refused, Some(Failure::Bounced)));
    assert_eq!(delivery.finished_at, Some(at(60)));
    assert_eq!(told(db, &sarah), ["alarm_not_delivered"]);
    assert_eq!(told(db, &ann), ["alarm_of_user_not_delivered"]);
    assert_eq!(changes.0.load(Relaxed), 1);

    let before = db.database.sql().everything();
    assert!(bounced(db, &letters[0], at(61)), "again");
    assert_eq!(db.database.sql().everything(), before);
});

on_both!(who_was_told_of_a_delay_is_told_anew_of_a_bounce, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    let letters = take_all(db, at(11));
    queue(db).finish(&letters[1], Outcome::Accepted, at(12)).unwrap();
    queue(db).finish(&letters[0], Outcome::Refused(Failure::Address), at(12)).unwrap();
    // Another try of it was overtaken by that one, and tells only now that the mail server took it.
    queue(db).finish(&letters[0], Outcome::Accepted, at(13)).unwrap();
    assert!(bounced(db, &letters[0], at(60)));
    assert_eq!(told(db, &sarah).len(), 2);
});

on_both!(an_acceptance_that_is_stored_late_does_not_undo_a_bounce, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let id = press(db, &sarah, at(10)).id;
    let first = take_all(db, at(11)).remove(0);
    let second = take_all(db, at(11) + TimeDelta::seconds(30)).remove(0);
    assert_eq!(first.message_id, second.message_id);
    queue(db).finish(&second, Outcome::Accepted, at(42)).unwrap();
    assert!(bounced(db, &first, at(60)));
    for outcome in [Outcome::Accepted, Outcome::Failed(Failure::Deferred), Outcome::Refused(Failure::Letter)]
    {
        queue(db).finish(&first, outcome, at(61)).unwrap();
        queue(db).finish(&second, outcome, at(62)).unwrap();
    }
    let delivery = to_contact(db, &sarah, id).delivery;
    assert_eq!((delivery.failure, delivery.finished_at), (Some(Failure::Bounced), Some(at(60))));
    assert_eq!(told(db, &sarah), ["alarm_not_delivered"]);
});

on_both!(a_letter_that_was_not_accepted_cannot_have_come_back, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    let letters = take_all(db, at(11));
    queue(db).finish(&letters[1], Outcome::Refused(Failure::Address), at(12)).unwrap();
    let before = db.database.sql().everything();
    let unknown = Delivery { message_id: "<nobody@example.com>".into(), ..letters[0].clone() };
    for letter in [&letters[0], &letters[1], &unknown] {
        assert!(!bounced(db, letter, at(60)), "{letter:?}");
    }
    assert_eq!(db.database.sql().everything(), before);
    // To the webhook nothing goes that a mail server could send back.
    queue(db).finish(&letters[0], Outcome::Accepted, at(61)).unwrap();
    db.database.sql().batch("update outbox set channel = 'webhook'");
    assert!(!bounced(db, &letters[0], at(62)));
});

on_both!(an_ordinary_letter_comes_back_and_nobody_is_told, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    db.database.sql().batch(
        "insert into outbox (queue, owner_id, message_id, letter, state, attempts, queued_at, due_at)
         select 'mail', owner_id, '<ordinary@example.com>', letter, 'queued', 0, queued_at, due_at
         from outbox order by id limit 1",
    );
    let letters = DieselLetterQueue { store: db.store.clone(), data_keys: db.data_keys.clone() };
    let letter = letters.take(at(11)).unwrap().unwrap();
    letters.finish(&letter, Outcome::Accepted, at(12)).unwrap();
    assert!(bounced(db, &letter, at(60)));
    letters.finish(&letter, Outcome::Accepted, at(61)).unwrap();
    let stored = "select count(*) from outbox where failure = 'bounced' and state = 'refused'";
    assert_eq!(db.database.sql().number(stored), 1);
    assert_eq!(told(db, &sarah), Vec::<String>::new());
});
