//! Sends the messages of one queue: takes one when a connection to the other side is free, and stores what became of it.
//! Several nodes do so at once; each message is taken by one of them.
use crate::metrics::LETTERS;
use domain::{
    crisis::AlarmChanged,
    events::{Event, ports::Subscriber},
    outbox::{
        Delivery, Failure, Outcome, SEND_MAX,
        ports::{DeliveryChannel, DeliveryQueue},
    },
    shared::{Clock, StoreError},
};
use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::{sleep, timeout},
};

/// For messages that are due again, and those that a killed node left.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Until the database answers again.
const STORE_AGAIN: Duration = Duration::from_millis(500);

pub struct Dispatcher {
    name: &'static str,
    queue: Arc<dyn DeliveryQueue>,
    channel: Box<dyn DeliveryChannel>,
    connections: Arc<Semaphore>,
    size: u32,
    clock: Arc<dyn Clock>,
    due: Arc<Due>,
    draining: AtomicBool,
}

impl Dispatcher {
    pub fn new(
        name: &'static str,
        queue: Arc<dyn DeliveryQueue>,
        channel: Box<dyn DeliveryChannel>,
        connections: NonZeroU32,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let size = connections.get();
        let connections = usize::try_from(size).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            name,
            queue,
            channel,
            connections: Arc::new(Semaphore::new(connections)),
            size,
            clock,
            due: Arc::default(),
            draining: AtomicBool::new(false),
        }
    }

    /// What hears of letters that are due.
    pub fn subscriber(&self) -> Arc<dyn Subscriber> {
        self.due.clone()
    }

    /// Until [`drain`](Self::drain).
    pub async fn run(self: Arc<Self>) {
        while !self.draining.load(Relaxed) {
            let Ok(connection) = self.connections.clone().acquire_owned().await else { return };
            match self.take().await {
                Some(delivery) => drop(tokio::spawn(self.clone().deliver(delivery, connection))),
                None => {
                    drop(connection);
                    let _ = timeout(LOOK_EVERY, self.due.0.notified()).await;
                }
            }
        }
    }

    /// Takes no other letter.
    pub fn drain(&self) {
        self.draining.store(true, Relaxed);
        self.due.0.notify_one();
    }

    /// After [`drain`](Self::drain), for a while: what is not known by then is sent again, by another process.
    pub async fn await_sent(&self) {
        let all = self.connections.acquire_many(self.size);
        let _ = timeout(SEND_MAX + STORE_AGAIN, all).await;
    }

    async fn take(&self) -> Option<Delivery> {
        let (queue, now) = (self.queue.clone(), self.clock.now());
        match blocking(move || queue.take(now)).await {
            Ok(delivery) => delivery,
            Err(e) => {
                tracing::warn!(queue = self.name, error = %e, "letters wait: the database does not answer");
                None
            }
        }
    }

    /// The connection is free again when the outcome is stored: a database that does not answer holds the queue up.
    async fn deliver(self: Arc<Self>, delivery: Delivery, _connection: OwnedSemaphorePermit) {
        let outcome = match &delivery.message {
            Some(message) => self.channel.send(&delivery.message_id, message).await,
            None => Outcome::Refused(Failure::Unreadable),
        };
        metrics::counter!(LETTERS, "queue" => self.name, "outcome" => word(outcome)).increment(1);
        let delivery = Arc::new(delivery);
        while let Err(e) = self.finish(&delivery, outcome).await {
            tracing::warn!(queue = self.name, message_id = delivery.message_id, error = %e, "what became of a letter is not stored yet");
            // Any other outcome is forgotten: the message is sent again when its lease is over. What was accepted must not be.
            if outcome != Outcome::Accepted {
                return;
            }
            sleep(STORE_AGAIN).await;
        }
    }

    async fn finish(&self, delivery: &Arc<Delivery>, outcome: Outcome) -> Result<(), StoreError> {
        let (queue, delivery, now) = (self.queue.clone(), delivery.clone(), self.clock.now());
        blocking(move || queue.finish(&delivery, outcome, now)).await
    }
}

async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    spawn_blocking(step).await.unwrap_or_else(|e| Err(StoreError::failed(e)))
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::Failed(_) => "failed",
    }
}

/// A new alarm waits for no clock. By itself, because the bus keeps its subscribers, and a dispatcher's queue keeps the bus.
#[derive(Default)]
struct Due(Notify);

impl Subscriber for Due {
    fn on_event(&self, event: &Event) {
        if event.downcast_ref::<AlarmChanged>().is_some() {
            self.0.notify_one();
        }
    }
    fn interrupted(&self) {
        self.0.notify_one();
    }
}
