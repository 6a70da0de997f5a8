//! Between the nodes of one house, over one channel of Redis.
//!
//! Two threads, because a connection that is subscribed can do nothing else. The publisher says twice a second that it is
//! there; the listener that hears nothing for longer than [`DEAF_AFTER`] takes the way for broken, although no connection
//! has failed. What could not be sent is not kept: the others are told that something was lost, and read the store.
use super::{
    Ears,
    wire::{Envelope, News},
};
use domain::{
    messaging::{
        Hint,
        ports::{Bus, Ear},
    },
    shared::StoreError,
};
use rand::RngExt;
use redis::{Client, Connection, RedisResult};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

const ALIVE_EVERY: Duration = Duration::from_millis(500);
const DEAF_AFTER: Duration = Duration::from_millis(1500);
/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(250);
/// Hints that wait to be sent. A node that is so far behind tells that some were lost.
const QUEUE: usize = 4096;
/// Hints sent together at most.
const BATCH: usize = 256;

pub struct RedisBus {
    node: Arc<Node>,
    queue: SyncSender<News>,
}

/// What both threads share.
struct Node {
    /// Random, so that no two processes have one name.
    name: u64,
    channel: String,
    client: Client,
    ears: Ears,
    hears: AtomicBool,
    speaks: AtomicBool,
    /// Something was not sent, and the others do not know yet.
    lost: AtomicBool,
    over: AtomicBool,
}

impl RedisBus {
    /// Does not wait for Redis: one that is away slows nobody's start. `house` must be the same on every node of one
    /// database, and another for another database.
    ///
    /// # Errors
    /// When the URL is none, or the process can make no thread.
    pub fn open(url: &str, house: &str) -> Result<Self, StoreError> {
        let node = Arc::new(Node {
            name: rand::rng().random(),
            channel: format!("carebase:{house}:hints"),
            client: Client::open(url).map_err(StoreError::failed)?,
            ears: Ears::default(),
            hears: AtomicBool::new(false),
            speaks: AtomicBool::new(false),
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

impl Bus for RedisBus {
    fn publish(&self, hint: Hint) {
        let news = News::from(hint.clone());
        self.node.ears.tell(hint);
        if self.queue.try_send(news).is_err() {
            self.node.lost.store(true, Relaxed);
        }
    }
    fn listen(&self, ear: Arc<dyn Ear>) {
        self.node.ears.add(ear);
    }
    fn is_whole(&self) -> bool {
        self.node.hears.load(Relaxed) && self.node.speaks.load(Relaxed)
    }
}

impl Node {
    fn is_over(&self) -> bool {
        self.over.load(Relaxed)
    }

    fn connect(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(DEAF_AFTER)?;
        connection.set_read_timeout(Some(DEAF_AFTER))?;
        connection.set_write_timeout(Some(DEAF_AFTER))?;
        Ok(connection)
    }

    /// Until the house is closed: subscribes, listens, and begins again when that fails.
    fn listen(&self) {
        while !self.is_over() {
            let broken = self.hear_until_it_breaks();
            if self.hears.swap(false, Relaxed) {
                tracing::warn!(cause = %broken, "the bus is interrupted: sockets read the store until it is back");
                metrics::counter!("bus_interruptions_total").increment(1);
                self.ears.interrupted();
            }
            thread::sleep(PAUSE);
        }
    }

    fn hear_until_it_breaks(&self) -> redis::RedisError {
        let attempt = || -> RedisResult<()> {
            let mut connection = self.connect()?;
            let mut subscription = connection.as_pubsub();
            subscription.subscribe(&self.channel)?;
            self.hears.store(true, Relaxed);
            // From here on nothing is missed; what was said before may have been.
            self.ears.interrupted();
            while !self.is_over() {
                self.heard(&subscription.get_message()?.get_payload::<Vec<u8>>()?);
            }
            Ok(())
        };
        match attempt() {
            Err(broken) => broken,
            Ok(()) => redis::RedisError::from((redis::ErrorKind::Client, "the house is closed")),
        }
    }

    fn heard(&self, bytes: &[u8]) {
        let Ok(Envelope { from, news }) = serde_json::from_slice(bytes) else {
            tracing::debug!("news of another version");
            return self.ears.interrupted();
        };
        if from == self.name {
            return;
        }
        if matches!(news, News::Lost) {
            return self.ears.interrupted();
        }
        if let Some(hint) = news.hint() {
            self.ears.tell(hint);
        }
    }

    /// Until the house is closed: sends what waits, and twice a second that this node is there.
    fn publish(&self, waiting: &Receiver<News>) {
        let mut line = None;
        while !self.is_over() {
            let mut batch = match waiting.recv_timeout(ALIVE_EVERY) {
                Ok(news) => vec![news],
                Err(RecvTimeoutError::Timeout) => vec![News::Alive],
                Err(RecvTimeoutError::Disconnected) => return,
            };
            batch.extend(waiting.try_iter().take(BATCH - 1));
            if self.lost.swap(false, Relaxed) {
                batch.push(News::Lost);
            }
            let sent = self.send(&mut line, batch);
            self.speaks.store(sent.is_ok(), Relaxed);
            if sent.is_err() {
                line = None;
                self.lost.store(true, Relaxed);
                thread::sleep(PAUSE);
            }
        }
    }

    fn send(&self, line: &mut Option<Connection>, batch: Vec<News>) -> RedisResult<()> {
        if line.is_none() {
            *line = Some(self.connect()?);
        }
        let Some(connection) = line else { return Ok(()) };
        let mut pipe = redis::pipe();
        for news in batch {
            let envelope = serde_json::to_vec(&Envelope { from: self.name, news });
            let bytes = envelope.map_err(|_why| (redis::ErrorKind::Client, "a hint cannot be written"))?;
            pipe.publish(&self.channel, bytes).ignore();
        }
        pipe.query(connection)
    }
}
