//! What a bus promises, in one process and over Redis: a subscriber hears each event once, and nobody waits for that.
use crate::{
    support::{Backend, TestStore, at, at_once, unique},
    talk::{KnownEvent, Recorder, between, saying, soon},
};
use domain::{
    events::{Event, ports::EventBus},
    messaging::{ClientId, Message, Room, Seq},
    notifications::{Notice, Notification, NotificationId},
    shared::AccountId,
};
use infra::{
    bus::{EventCodecs, InProcessBus, RedisBus},
    messaging, notifications,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const WITHIN: Duration = Duration::from_secs(1);

/// With the codecs of every module, as the application wires it.
pub(crate) fn open(url: &str, installation: &str) -> RedisBus {
    let codecs = messaging::event_codecs().into_iter().chain(notifications::event_codecs());
    RedisBus::open(url, installation, b"the installation's secret", EventCodecs::new(codecs)).unwrap()
}

fn redis(installation: &str) -> Arc<dyn EventBus> {
    Arc::new(open(&std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL"), installation))
}

/// A name that no other test gives its installation.
fn installation() -> String {
    format!("bus-{}", unique())
}

/// Nodes of one installation that hear each other.
fn nodes<const N: usize>(installation: &str) -> [Arc<dyn EventBus>; N] {
    let nodes = [(); N].map(|()| redis(installation));
    soon("every node is whole", 2 * WITHIN, || nodes.iter().all(|node| node.is_whole()));
    nodes
}

/// Port 1: nobody listens there.
fn away() -> RedisBus {
    open("redis://127.0.0.1:1", "nowhere")
}

pub(crate) fn event(number: i64) -> Event {
    told(number).event()
}

pub(crate) fn told(number: i64) -> KnownEvent {
    KnownEvent::UnreadChanged(AccountId::new(number))
}

pub(crate) fn all_told(numbers: impl IntoIterator<Item = i64>) -> Vec<KnownEvent> {
    numbers.into_iter().map(told).collect()
}

macro_rules! bus_story {
    ($name:ident, $story:expr) => {
        mod $name {
            use super::*;
            #[test]
            fn in_process() {
                ($story)(&InProcessBus::alone());
            }
            #[test]
            fn while_redis_is_away() {
                ($story)(&away());
            }
            #[test]
            #[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
            fn over_redis() {
                ($story)(&*nodes::<1>(&installation())[0]);
            }
        }
    };
}

bus_story!(every_subscriber_of_the_node_has_heard_an_event_when_publishing_returns, |bus: &dyn EventBus| {
    let ears = [(); 3].map(|()| Recorder::on(bus));
    for number in 1..=50 {
        bus.publish(event(number));
        for recorder in &ears {
            assert_eq!(recorder.events().last(), Some(&told(number)));
        }
    }
    for recorder in &ears {
        assert_eq!(recorder.events(), all_told(1..=50), "once, and in order");
    }
});

bus_story!(a_subscriber_hears_what_is_published_after_it_came, |bus: &dyn EventBus| {
    bus.publish(event(1));
    let recorder = Recorder::on(bus);
    bus.publish(event(2));
    assert_eq!(recorder.events(), [told(2)]);
});

bus_story!(events_of_many_threads_are_each_heard_once, |bus: &dyn EventBus| {
    let recorder = Recorder::on(bus);
    at_once(8, |i| {
        let first = i64::try_from(i).unwrap() * 100;
        (first..first + 100).for_each(|number| bus.publish(event(number)));
    });
    let mut heard = recorder.events();
    assert_eq!(heard.len(), 800);
    // Each thread's in its order.
    heard.sort_by_key(|event| match event {
        KnownEvent::UnreadChanged(number) => number.get() / 100,
        _ => -1,
    });
    assert_eq!(heard, all_told(0..800));
});

#[test]
fn a_bus_in_one_process_is_whole_when_nobody_else_writes() {
    assert!(InProcessBus::alone().is_whole());
    assert!(!InProcessBus::among_others().is_whole());
}

#[test]
fn a_redis_that_is_away_holds_up_neither_the_start_nor_those_who_publish() {
    let since = Instant::now();
    let bus = away();
    assert!(since.elapsed() < Duration::from_millis(50), "the start took {:?}", since.elapsed());
    // More than can wait to be sent.
    for number in 0..6_000 {
        let since = Instant::now();
        bus.publish(event(number));
        assert!(since.elapsed() < Duration::from_millis(50), "publishing took {:?}", since.elapsed());
    }
    assert!(!bus.is_whole());
}

#[test]
fn what_is_no_redis_is_refused_by_the_bus_too() {
    assert!(
        RedisBus::open("http://127.0.0.1", "contract", b"the installation's secret", EventCodecs::new([]))
            .is_err()
    );
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
fn another_node_hears_every_event_within_a_second_once_and_in_order() {
    let [here, there, third] = nodes(&installation());
    let ears = [&here, &there, &third].map(|bus| Recorder::on(&**bus));
    (1..=500).for_each(|number| here.publish(event(number)));
    for recorder in &ears {
        assert_eq!(recorder.after(500, WITHIN), all_told(1..=500));
    }
    // An answer comes after everything that was said before it: nothing comes twice, not even to who said it.
    there.publish(event(501));
    for recorder in &ears {
        assert_eq!(recorder.after(501, WITHIN), all_told(1..=501));
    }
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
fn an_event_of_any_kind_reaches_another_node_as_it_is() {
    let [here, there] = nodes(&installation());
    let recorder = Recorder::on(&*there);
    let [one, two] = [1, i64::MAX].map(AccountId::new);
    let said = Message {
        room: Room::of(two, one),
        seq: Seq::new(i64::MAX),
        inbox_seq: None,
        sender: two,
        from_staff: false,
        text: "боль \"тут\" \u{1}\u{2028}🦷".repeat(400),
        client_id: ClientId::parse("e\u{301}'").ok(),
        at: at(7),
    };
    let empty = Message { text: String::new(), client_id: None, ..said.clone() };
    let answer =
        Message { room: Room::support(one), inbox_seq: Some(Seq::new(9)), from_staff: true, ..said.clone() };
    let created = |notice, is_read| Notification {
        id: NotificationId::new(5),
        owner: two,
        notice,
        is_read,
        created_at: at(8),
    };
    let all = [
        KnownEvent::Sent(said),
        KnownEvent::Sent(empty),
        KnownEvent::Sent(answer),
        KnownEvent::Created(created(Notice::LinkRequested { patient: "Сара \"Connor\"".into() }, false)),
        KnownEvent::Created(created(Notice::PrescriptionCreated {}, true)),
        KnownEvent::UnreadChanged(two),
        KnownEvent::Arrived(one),
        KnownEvent::Left(one),
    ];
    all.iter().for_each(|told| here.publish(told.clone().event()));
    assert_eq!(recorder.after(all.len(), WITHIN), all);
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
fn two_installations_on_one_redis_hear_nothing_of_each_other() {
    let (one, other) = (nodes::<2>(&installation()), nodes::<2>(&installation()));
    let ears = [&one[1], &other[1]].map(|bus| Recorder::on(&**bus));
    for number in 1..=20 {
        one[0].publish(event(number));
        other[0].publish(event(-number));
    }
    assert_eq!(ears[0].after(20, WITHIN), all_told(1..=20));
    assert_eq!(ears[1].after(20, WITHIN), all_told((1..=20).map(|n| -n)));
    for (bus, recorder) in [(&one, &ears[0]), (&other, &ears[1])] {
        bus[0].publish(event(0));
        assert_eq!(recorder.after(21, WITHIN).len(), 21);
    }
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
fn of_more_events_than_can_wait_all_arrive_or_the_others_are_told_that_some_were_lost() {
    let [here, there] = nodes(&installation());
    let recorder = Recorder::on(&*there);
    let before = recorder.interruptions();
    (1..=20_000).for_each(|number| here.publish(event(number)));
    let in_full = || recorder.events().len() == 20_000;
    soon("all, or word of a loss", 10 * WITHIN, || in_full() || recorder.interruptions() > before);
    // Published until one is heard: while the queue is full, any of them may be lost.
    let last = (20_001..).find(|number| {
        here.publish(event(*number));
        recorder.after(usize::MAX, Duration::from_millis(50)).last() == Some(&told(*number))
            || *number > 20_200
    });
    assert!(last.is_some_and(|number| number <= 20_200), "events do not flow again");
    let heard = recorder.events();
    let doubled = heard
        .windows(2)
        .find(|two| matches!(two, [KnownEvent::UnreadChanged(a), KnownEvent::UnreadChanged(b)] if b <= a));
    assert_eq!(doubled, None, "twice, or in another order");
}

#[test]
#[cfg_attr(not(all(has_postgres, has_redis)), ignore = "needs TEST_DATABASE_URL and TEST_REDIS_URL")]
fn what_is_said_on_one_node_is_heard_on_another_and_can_be_read_there() {
    let db = TestStore::on(Backend::Postgres);
    let (sarah, house_md) = (db.patient("sarah"), db.doctor("house"));
    let [here, there] = nodes(&installation()).map(|bus| db.node_on(bus));
    let recorder = Recorder::on(&*there.bus);
    let room = between(&sarah, &house_md);
    for seq in 1..=20 {
        let said = here.say(&saying(room, &sarah, "x"));
        assert_eq!(recorder.after(seq, WITHIN).last(), Some(&KnownEvent::Sent(said.clone())));
        assert_eq!(there.since(room, said.seq.get() - 1), [said]);
    }
}
