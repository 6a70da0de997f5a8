//! Between the nodes of one installation, over one channel of Redis.
//!
//! Two threads, because a connection that is subscribed can do nothing else. The publisher says, more than twice a second,
//! that it is there; the listener that hears nothing for longer than [`SILENCE_MAX`] takes the way for broken, although no
//! connection has failed. What could not be sent is not kept: the others are told that something was lost, and read the
//! store.
use super::{
    EventCodecs, Subscribers,
    connection_log::ConnectionLog,
    seal::Seal,
    wire::{Envelope, Payload, Signal},
};
use domain::{
    events::{
        Event,
        ports::{EventBus, Subscriber},
    },
    shared::StoreError,
};
use rand::RngExt;
use redis::{Client, Connection, RedisResult};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

const ALIVE_EVERY: Duration = Duration::from_millis(400);
const SILENCE_MAX: Duration = Duration::from_millis(1200);
/// A node that was silent for so long has left.
const GONE_AFTER: Duration = Duration::from_secs(60);
/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(250);
/// Events that wait to be sent. A node that is so far behind tells that some were lost.
const QUEUE: usize = 4096;
/// Events sent together at most.
const BATCH: usize = 256;

/// Whether this is an address that we can speak to; nobody is asked yet.
///
/// # Errors
/// What is wrong with it, without repeating it: it may hold a password.
pub fn check_redis_url(url: &str) -> Result<(), String> {
    let words = "must be redis://[user:password@]host[:port][/db]; TLS (rediss://) is not built in";
    Client::open(url).map(drop).map_err(|_why| words.to_owned())
}

/// Whether the Redis at this address answers.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn ping(url: &str) -> Result<(), StoreError> {
    let answer = Client::open(url).and_then(|client| redis::cmd("PING").query(&mut connect(&client)?));
    answer.map_err(StoreError::unavailable)
}

fn connect(client: &Client) -> RedisResult<Connection> {
    let connection = client.get_connection_with_timeout(SILENCE_MAX)?;
    connection.set_read_timeout(Some(SILENCE_MAX))?;
    connection.set_write_timeout(Some(SILENCE_MAX))?;
    Ok(connection)
}

pub struct RedisBus {
    node: Arc<Node>,
    queue: SyncSender<Event>,
}

/// What both threads share.
struct Node {
    /// Random, so that no two processes have one name.
    name: u64,
    channel: String,
    client: Client,
    subscribers: Subscribers,
    codecs: EventCodecs,
    subscribed: AtomicBool,
    publishing: AtomicBool,
    connection_log: ConnectionLog,
    seal: Seal,
    /// The other nodes, and when each was heard last.
    others: Mutex<HashMap<u64, Instant>>,
    /// Something was not sent, and the others do not know yet.
    lost: AtomicBool,
    over: AtomicBool,
}

impl RedisBus {
    /// Does not wait for Redis: one that is away slows nobody's start. `installation` must be the same on every node of one
    /// database, and another for another database; `secret` the same on every node: what was not said under it is not
    /// heard. An event of which no codec is here reaches this node only.
    ///
    /// # Errors
    /// When the URL is none, or the process can make no thread.
    pub fn open(
        url: &str,
        installation: &str,
        secret: &[u8],
        codecs: EventCodecs,
    ) -> Result<Self, StoreError> {
        let node = Arc::new(Node {
            name: rand::rng().random(),
            channel: format!("carebase:{installation}:hints"),
            client: Client::open(url).map_err(StoreError::failed)?,
            subscribers: Subscribers::default(),
            codecs,
            seal: Seal::new(secret).map_err(StoreError::failed)?,
            others: Mutex::default(),
            subscribed: AtomicBool::new(false),
            publishing: AtomicBool::new(false),
            connection_log: ConnectionLog::default(),
            lost: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        let (queue, waiting) = sync_channel(QUEUE);
        let (listener, publisher) = (node.clone(), node.clone());
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.to_owned()).spawn(work).map_err(StoreError::failed)
        };
        spawn("bus-listener", Box::new(move || listener.listen()))?;
        spawn("bus-publisher", Box::new(move || publisher.publish(&waiting)))?;
        Ok(Self { node, queue })
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        self.node.over.store(true, Relaxed);
    }
}

impl EventBus for RedisBus {
    fn publish(&self, event: Event) {
        self.node.subscribers.tell(&event);
        if self.queue.try_send(event).is_err() {
            self.node.lost.store(true, Relaxed);
        }
    }
    fn subscribe(&self, subscriber: Arc<dyn Subscriber>) {
        self.node.subscribers.add(subscriber);
    }
    fn is_whole(&self) -> bool {
        self.node.subscribed.load(Relaxed) && self.node.publishing.load(Relaxed) && self.node.others_alive()
    }
}

impl Node {
    fn is_over(&self) -> bool {
        self.over.load(Relaxed)
    }

    /// Until the server is closed: subscribes, listens, and begins again when that fails.
    fn listen(&self) {
        while !self.is_over() {
            if let Err(broken) = self.receive_until_it_breaks() {
                self.lost(&broken);
            }
            thread::sleep(PAUSE);
        }
    }

    fn receive_until_it_breaks(&self) -> RedisResult<()> {
        let mut connection = connect(&self.client)?;
        let mut subscription = connection.as_pubsub();
        subscription.subscribe(&self.channel)?;
        self.subscribed.store(true, Relaxed);
        self.connected();
        // From here on nothing is missed; what was said before may have been.
        self.subscribers.interrupted();
        while !self.is_over() {
            match subscription.get_message().and_then(|message| message.get_payload::<Vec<u8>>()) {
                Ok(bytes) => self.on_message(&bytes),
                // Told before the subscription is given up, which waits for Redis once more.
                Err(broken) => {
                    self.subscribed.store(false, Relaxed);
                    // The other connection is as old: it is whole again when it has sent once more.
                    self.publishing.store(false, Relaxed);
                    self.lost(&broken);
                    self.subscribers.interrupted();
                    return Err(broken);
                }
            }
        }
        Ok(())
    }

    /// Listener and publisher both must be.
    fn connected(&self) {
        if self.subscribed.load(Relaxed) && self.publishing.load(Relaxed) {
            self.connection_log.connected();
        }
    }

    fn lost(&self, cause: &redis::RedisError) {
        if !self.is_over() {
            self.connection_log.lost(cause);
        }
    }

    fn on_message(&self, bytes: &[u8]) {
        let Some(body) = self.seal.opened(bytes) else {
            tracing::warn!("a message on the bus was not signed by a node of this installation");
            return;
        };
        let Ok(Envelope { from, payload }) = serde_json::from_slice(body) else {
            tracing::debug!("a message on the bus is of another version");
            return self.subscribers.interrupted();
        };
        if from == self.name {
            return;
        }
        let seen_before = self.others().insert(from, Instant::now());
        let was_silent = seen_before.is_none_or(|at| at.elapsed() >= SILENCE_MAX);
        let (event, is_lost) = match payload {
            Payload::Signal(signal) => (None, signal == Signal::Lost),
            // One that this version does not understand is as good as lost.
            Payload::Event(event) => {
                let event = self.codecs.decode(event);
                let unknown = event.is_none();
                (event, unknown)
            }
        };
        if was_silent || is_lost {
            self.subscribers.interrupted();
        }
        event.iter().for_each(|event| self.subscribers.tell(event));
    }

    fn others(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A node that fell silent may still be there, and store what nobody hears of.
    fn others_alive(&self) -> bool {
        let mut others = self.others();
        others.retain(|_, seen_at| seen_at.elapsed() < GONE_AFTER);
        others.values().all(|seen_at| seen_at.elapsed() < SILENCE_MAX)
    }

    /// Until the server is closed and all is sent that could be; and now and then that this node is there.
    fn publish(&self, waiting: &Receiver<Event>) {
        let mut connection = None;
        loop {
            let mut batch = match waiting.recv_timeout(ALIVE_EVERY) {
                Ok(event) => vec![self.payload(&event)],
                Err(RecvTimeoutError::Timeout) => vec![Payload::Signal(Signal::Alive)],
                Err(RecvTimeoutError::Disconnected) => return,
            };
            batch.extend(waiting.try_iter().take(BATCH - 1).map(|event| self.payload(&event)));
            if self.lost.swap(false, Relaxed) {
                batch.push(Payload::Signal(Signal::Lost));
            }
            match self.send(&mut connection, batch) {
                Err(broken) => {
                    connection = None;
                    self.lost.store(true, Relaxed);
                    self.publishing.store(false, Relaxed);
                    self.lost(&broken);
                    if self.is_over() {
                        return;
                    }
                    thread::sleep(PAUSE);
                }
                Ok(()) if !self.publishing.swap(true, Relaxed) => {
                    self.connected();
                    self.subscribers.interrupted();
                }
                Ok(()) => {}
            }
        }
    }

    /// Without a codec the others cannot be told what it is; that they missed something, they can.
    fn payload(&self, event: &Event) -> Payload {
        self.codecs.encode(event).map_or_else(
            || {
                tracing::error!(
                    kind = event.kind(),
                    "no codec is wired for this event: other nodes read the store"
                );
                Payload::Signal(Signal::Lost)
            },
            Payload::Event,
        )
    }

    fn send(&self, connection: &mut Option<Connection>, batch: Vec<Payload>) -> RedisResult<()> {
        if connection.is_none() {
            *connection = Some(connect(&self.client)?);
        }
        let Some(connection) = connection else { return Ok(()) };
        let mut pipe = redis::pipe();
        for payload in batch {
            let envelope = serde_json::to_vec(&Envelope { from: self.name, payload });
            let bytes = envelope.map_err(|_why| (redis::ErrorKind::Client, "an event cannot be written"))?;
            pipe.publish(&self.channel, self.seal.sealed(&bytes)).ignore();
        }
        pipe.query(connection)
    }
}
