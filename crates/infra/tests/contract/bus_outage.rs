//! A bus whose Redis goes: nobody waits, everybody is told, and all is well again when it is back.
use crate::{
    bus::{all_told, event, open, told},
    talk::{Recorder, soon},
};
use domain::{
    events::{
        Event,
        ports::{EventBus, Subscriber},
    },
    notifications::UnreadChanged,
};
use infra::bus::RedisBus;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};
use testing::RedisServer;

const PROMISED: Duration = Duration::from_secs(2);
const A_FEW_SECONDS: Duration = Duration::from_secs(6);

/// Two nodes of one installation, and a subscriber on each. Nothing may be heard before they are whole, so that is over.
fn two_nodes(server: &RedisServer) -> [(RedisBus, Arc<Recorder>); 2] {
    let nodes = [(); 2].map(|()| {
        let bus = open(&server.url(), "outage");
        let recorder = Recorder::on(&bus);
        (bus, recorder)
    });
    are_whole(&nodes, PROMISED);
    nodes
}

fn are_whole(nodes: &[(RedisBus, Arc<Recorder>)], within: Duration) {
    soon("every node is whole", within, || nodes.iter().all(|(bus, _)| bus.is_whole()));
}

fn interruptions(nodes: &[(RedisBus, Arc<Recorder>); 2]) -> [usize; 2] {
    nodes.each_ref().map(|(_, recorder)| recorder.interruptions())
}

/// Publishing returns at once, and this node has heard it then.
fn publishes_at_once((bus, recorder): &(RedisBus, Arc<Recorder>), number: i64) {
    let since = Instant::now();
    bus.publish(event(number));
    assert!(since.elapsed() < Duration::from_millis(50), "publishing took {:?}", since.elapsed());
    assert_eq!(recorder.events().last(), Some(&told(number)));
}

/// Each of the two hears the next events of the other, in order, and each once.
fn events_flow(nodes: &[(RedisBus, Arc<Recorder>); 2]) {
    for (from, to) in [(0, 1), (1, 0)] {
        let before = nodes[to].1.events().len();
        (1_000..1_050).for_each(|number| nodes[from].0.publish(event(number)));
        assert_eq!(nodes[to].1.after(before + 50, PROMISED)[before..], all_told(1_000..1_050));
    }
}

/// Both nodes notice that the way between them is broken, work on, and are told when it is back.
fn breaks_and_heals(server: &mut RedisServer, break_it: fn(&mut RedisServer), heal: fn(&mut RedisServer)) {
    let nodes = two_nodes(server);
    events_flow(&nodes);
    for round in 0..2 {
        break_it(server);
        publishes_at_once(&nodes[0], round);
        soon("both nodes notice", A_FEW_SECONDS, || nodes.iter().all(|(bus, _)| !bus.is_whole()));
        (100..200).for_each(|number| publishes_at_once(&nodes[1], number));
        let before = interruptions(&nodes);
        heal(server);
        are_whole(&nodes, A_FEW_SECONDS);
        soon("every subscriber hears that events may be lost", PROMISED, || {
            let now = interruptions(&nodes);
            now[0] > before[0] && now[1] > before[1]
        });
        // What waited while Redis was away may arrive now; what is said from now on does.
        for (bus, recorder) in &nodes {
            bus.publish(event(-round - 1));
            soon("a mark", PROMISED, || recorder.events().contains(&told(-round - 1)));
        }
        soon("both marks on both nodes", PROMISED, || {
            let marks = |recorder: &Recorder| {
                recorder.events().iter().filter(|heard| **heard == told(-round - 1)).count()
            };
            nodes.iter().all(|(_, recorder)| marks(recorder) == 2)
        });
        events_flow(&nodes);
    }
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn a_redis_that_is_killed_and_started_again_interrupts_everybody_and_no_more() {
    breaks_and_heals(&mut RedisServer::started(), RedisServer::kill, RedisServer::start);
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn a_redis_that_hangs_for_a_while_interrupts_everybody_and_no_more() {
    breaks_and_heals(&mut RedisServer::started(), |server| server.freeze(), |server| server.thaw());
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn a_bus_that_was_opened_without_redis_is_whole_soon_after_it_came() {
    let mut server = RedisServer::away();
    let bus = open(&server.url(), "outage");
    let recorder = Recorder::on(&bus);
    bus.publish(event(1));
    assert!(!bus.is_whole());
    server.start();
    soon("it is whole", PROMISED, || bus.is_whole());
    soon("what was said before may be lost", PROMISED, || recorder.interruptions() > 0);
    assert_eq!(recorder.events(), [told(1)]);
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn a_node_knows_within_two_seconds_that_redis_was_killed() {
    let mut server = RedisServer::started();
    let nodes = two_nodes(&server);
    server.kill();
    soon("nobody takes the bus for whole", PROMISED, || nodes.iter().all(|(bus, _)| !bus.is_whole()));
}

/// The worst moment for it: just after a sign of life.
#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn a_node_knows_within_two_seconds_that_redis_hangs() {
    let server = RedisServer::started();
    let bus = open(&server.url(), "outage");
    soon("it is whole", PROMISED, || bus.is_whole());
    let mut watching = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    watching.set_read_timeout(Some(PROMISED)).unwrap();
    let mut news = watching.as_pubsub();
    news.psubscribe("*").unwrap();
    for _ in 0..2 {
        news.get_message().expect("a sign of life");
    }
    server.freeze();
    let noticed = soon("it is no longer whole", A_FEW_SECONDS, || !bus.is_whole());
    server.thaw();
    assert!(noticed < PROMISED, "taken for whole for {noticed:?}");
}

/// What a subscriber heard, in its order; `None` for an interruption.
#[derive(Default)]
struct Diary(Mutex<Vec<Option<i64>>>);

impl Subscriber for Diary {
    fn on_event(&self, event: &Event) {
        if let Some(UnreadChanged(number)) = event.downcast_ref() {
            self.0.lock().unwrap().push(Some(number.get()));
        }
    }
    fn interrupted(&self) {
        self.0.lock().unwrap().push(None);
    }
}

impl Diary {
    /// Of what was heard: the last number of which a later one is missing without an interruption after it.
    fn silent_loss(&self, last_published: i64) -> Option<i64> {
        let diary = self.0.lock().unwrap();
        let mut last = 0;
        for number in diary.iter().flatten().copied() {
            assert!(number > last, "{number} after {last}");
            if number > last + 1 && !interrupted_after(&diary, last) {
                return Some(last);
            }
            last = number;
        }
        (last < last_published && !interrupted_after(&diary, last)).then_some(last)
    }
}

/// Whether an interruption came after this number, however late.
fn interrupted_after(diary: &[Option<i64>], after: i64) -> bool {
    diary.iter().skip_while(|entry| **entry != Some(after) && after > 0).any(Option::is_none)
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL, and the program redis-server")]
fn no_event_is_lost_in_silence_however_often_connections_are_cut() {
    let server = RedisServer::started();
    let [here, there] = [(); 2].map(|()| open(&server.url(), "cut"));
    let whole = || soon("both are whole", A_FEW_SECONDS, || here.is_whole() && there.is_whole());
    whole();
    let diary = Arc::new(Diary::default());
    there.subscribe(diary.clone());
    let over = AtomicBool::new(false);
    let (last, cuts) = thread::scope(|scope| {
        let publisher = scope.spawn(|| {
            let mut number = 0;
            while !over.load(SeqCst) {
                number += 1;
                here.publish(event(number));
                thread::park_timeout(Duration::from_micros(200));
            }
            number
        });
        let cutter = scope.spawn(|| {
            for kind in ["pubsub", "normal", "pubsub", "normal", "normal", "pubsub"] {
                server.cut(kind);
                whole();
            }
        });
        // Joined before anything is asserted: the publisher must end when the cutter has failed.
        let cuts = cutter.join();
        over.store(true, SeqCst);
        (publisher.join().unwrap(), cuts)
    });
    cuts.unwrap();
    // Cut ends may not be noticed yet, so the next events may be lost too. One that is heard is after all of that.
    let next = AtomicI64::new(last);
    soon("events flow again", A_FEW_SECONDS, || {
        here.publish(event(next.fetch_add(1, SeqCst) + 1));
        thread::park_timeout(Duration::from_millis(20));
        diary.0.lock().unwrap().last() == Some(&Some(next.load(SeqCst)))
    });
    soon("word of every loss", A_FEW_SECONDS, || diary.silent_loss(next.load(SeqCst)).is_none());
}
