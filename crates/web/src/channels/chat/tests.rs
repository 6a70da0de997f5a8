use super::{super::frames::incoming_message, *};
use domain::{
    events::ports::MockEventBus,
    identity::testing::patient,
    messaging::ports::{MockMessageRepository, MockPeerDirectory},
    notifications::topic_of,
    shared::{Fixed, Timestamp},
};
use std::sync::Mutex;

fn service(messages: MockMessageRepository) -> Arc<MessagingService> {
    Arc::new(MessagingService {
        messages: Arc::new(messages),
        directory: Arc::new(MockPeerDirectory::new()),
        bus: Arc::new(MockEventBus::new()),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    })
}

fn source(messages: MockMessageRepository) -> ChatSource {
    ChatSource(service(messages))
}

#[test]
fn how_far_a_topic_goes_is_asked_for_those_of_messaging_only() {
    let [one, two] = [1, 2].map(AccountId::new);
    let room = Room::of(one, two);
    let mut messages = MockMessageRepository::new();
    messages
        .expect_last_in()
        .withf(move |rooms| rooms == [room])
        .return_once(move |_| Ok(vec![(room, Seq::new(7))]));
    messages.expect_last_in_inbox().return_once(|| Ok(Seq::new(9)));
    let topics = [topic_of(one), Stream::Room(room).topic(), Stream::SupportInbox.topic()];
    let state = source(messages).state_of(&topics).unwrap();
    let mut up_to: Vec<_> = state
        .iter()
        .filter_map(|(topic, event)| match event {
            HubEvent::UpTo(seq) => Some((Stream::of(*topic)?, seq.get())),
            HubEvent::Event(_) | HubEvent::Snapshot(_) => None,
        })
        .collect();
    up_to.sort_by_key(|(_, seq)| *seq);
    assert_eq!(up_to, [(Stream::Room(room), 7), (Stream::SupportInbox, 9)]);
}

#[test]
fn the_inbox_is_asked_about_only_when_somebody_follows_it() {
    let mut messages = MockMessageRepository::new();
    messages.expect_last_in().withf(<[Room]>::is_empty).return_once(|_| Ok(vec![]));
    assert!(source(messages).state_of(&[topic_of(AccountId::new(1))]).unwrap().is_empty());
}

const ME: AccountId = AccountId::new(7);

/// A message is told as its number.
struct Numbers;

impl FrameCodec for Numbers {
    fn encode(&self, message: &Message) -> String {
        message.seq.get().to_string()
    }
    fn decode(&self, frame: &str) -> Result<Option<IncomingMessage>, Refused> {
        incoming_message(frame, |_| Some(None))
    }
    fn presence(&self, _who: AccountId, _here: bool) -> Option<String> {
        None
    }
}

/// What happens around a socket in one's own support room.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The same person says something on another device, without a name.
    SaidElsewhere,
    Sent,
    Stored,
    Done,
    FetchBegins,
    FetchEnds,
    /// The event of this message comes.
    Told(usize),
}

const STEPS: [Step; 9] = [
    Step::SaidElsewhere,
    Step::Sent,
    Step::Stored,
    Step::Done,
    Step::FetchBegins,
    Step::FetchEnds,
    Step::Told(0),
    Step::Told(1),
    Step::Told(2),
];

type Said = Arc<Mutex<Vec<Message>>>;

/// One more message of this person, without a name.
fn stored(room: &Said) -> Message {
    let mut messages = room.lock().unwrap();
    let seq = Seq::new(i64::try_from(messages.len()).unwrap() + 1);
    let message = Message {
        room: Room::support(ME),
        seq,
        inbox_seq: Some(seq),
        sender: ME,
        from_staff: false,
        text: String::new(),
        client_id: None,
        at: Timestamp::UNIX_EPOCH,
    };
    messages.push(message.clone());
    message
}

struct World {
    room: Said,
    socket: ChatSocket,
    out: Outbox,
    /// Whether a message's sender hears that it may not be stored, though it is.
    fails: bool,
    storing: Option<Task<Sent>>,
    done: Option<Result<Sent, Refusal>>,
    fetched: Option<Result<Fetched, Refusal>>,
    mine: Vec<Seq>,
    /// What the socket was told of, by an event or as its own message's number.
    known: BTreeSet<Seq>,
}

impl World {
    fn new(fails: bool) -> Self {
        let room = Said::default();
        let (read, sent) = (room.clone(), room.clone());
        let mut messages = MockMessageRepository::new();
        messages.expect_since().returning(move |_, page| {
            let after = page.after.unwrap_or(Seq::START);
            Ok(read.lock().unwrap().iter().filter(|message| message.seq > after).cloned().collect())
        });
        messages
            .expect_send()
            .returning(move |_| Ok(Sent { message: stored(&sent), again: false, deleted: false }));
        let access = ChatAccess::to_own_support_room(&patient(ME));
        let socket = ChatSocket::new(service(messages), access, Box::new(Numbers), Seq::START);
        Self {
            room,
            socket: socket.without_unnamed_echo(),
            out: Outbox::default(),
            fails,
            storing: None,
            done: None,
            fetched: None,
            mine: vec![],
            known: BTreeSet::new(),
        }
    }

    /// `None` when it cannot happen now.
    fn takes(&mut self, step: Step) -> Option<()> {
        match step {
            Step::SaidElsewhere => drop(stored(&self.room)),
            Step::Sent if self.storing.is_none() && self.done.is_none() => {
                self.storing = Some(self.socket.on_text(r#"{"message":"x"}"#, &mut self.out)?);
            }
            Step::Sent => return None,
            Step::Stored => {
                let sent = self.storing.take()?().unwrap();
                self.mine.push(sent.message.seq);
                self.done = Some(if self.fails { Err(Refusal::UNAVAILABLE) } else { Ok(sent) });
            }
            Step::Done => {
                let done = self.done.take()?;
                self.known.extend(done.iter().map(|sent| sent.message.seq));
                self.socket.done(done, &mut self.out);
            }
            Step::FetchBegins if self.fetched.is_none() => self.fetched = Some(self.socket.next_fetch()?()),
            Step::FetchBegins => return None,
            Step::FetchEnds => self.socket.fetched(self.fetched.take()?, &mut self.out),
            Step::Told(n) => {
                let message = self.room.lock().unwrap().get(n)?.clone();
                self.known.insert(message.seq);
                self.socket.on_event(HubEvent::Event(Event::new(MessageSent(message))), &mut self.out);
            }
        }
        Some(())
    }

    /// The numbers that were told when all is over, and those that had to be.
    fn ends(mut self) -> (Vec<i64>, Vec<i64>) {
        for step in [Step::Stored, Step::Done, Step::FetchEnds] {
            self.takes(step);
        }
        // Every event comes, some of them late. Nothing else says that something was missed.
        let all: Vec<_> = self.room.lock().unwrap().iter().map(|message| message.seq).collect();
        for (n, seq) in all.iter().enumerate() {
            if !self.known.contains(seq) {
                self.takes(Step::Told(n));
            }
        }
        while self.takes(Step::FetchBegins).is_some() {
            self.takes(Step::FetchEnds);
        }
        let told = self.out.texts().iter().filter_map(|frame| frame.parse().ok()).collect();
        let echoed = all.into_iter().filter(|seq| self.fails || !self.mine.contains(seq));
        (told, echoed.map(Seq::get).collect())
    }
}

/// Every order in which messages are said here and elsewhere, stored, told of by events, read, and acknowledged.
#[test]
fn own_words_without_a_name_are_left_out_and_all_others_come_once_and_in_order() {
    fn walk(steps: &mut Vec<Step>, depth: usize, fails: bool, walked: &mut usize) {
        for step in STEPS {
            steps.push(step);
            let mut world = World::new(fails);
            if steps.iter().all(|step| world.takes(*step).is_some()) {
                let (told, expected) = world.ends();
                assert_eq!(told, expected, "{steps:?}, fails: {fails}");
                *walked += 1;
                if depth > 1 {
                    walk(steps, depth - 1, fails, walked);
                }
            }
            steps.pop();
        }
    }
    let mut walked = 0;
    for fails in [false, true] {
        walk(&mut vec![], 7, fails, &mut walked);
    }
    assert!(walked > 30_000, "{walked}");
}

#[test]
fn what_is_not_told_again_is_not_read_either() {
    let mut world = World::new(false);
    for step in [Step::FetchBegins, Step::FetchEnds] {
        world.takes(step).unwrap();
    }
    for n in 0..3 {
        for step in [Step::Sent, Step::Stored, Step::Told(n), Step::Done] {
            world.takes(step).unwrap();
        }
        assert!(world.takes(Step::FetchBegins).is_none(), "message {n}");
    }
}
