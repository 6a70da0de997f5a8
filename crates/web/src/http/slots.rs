//! How many of a worker's blocking threads one kind of work may hold. What waits for a slot holds no thread.
use super::Refusal;
use std::{sync::Arc, time::Instant};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout_at,
};

#[derive(Clone)]
pub struct Slots(Arc<Semaphore>);

impl Slots {
    fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads)))
    }

    /// The permit goes along with the work, and so lasts until the thread is free, also when the client is gone.
    ///
    /// # Errors
    /// 503 at the deadline.
    pub(crate) async fn take(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Refusal> {
        match timeout_at(deadline.into(), self.0.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Refusal::UNAVAILABLE),
        }
    }
}

/// Of one worker: each has threads of its own. A change may have any of them.
#[derive(Clone)]
pub struct BlockingSlots {
    /// Reads keep the processor busy: more of them at a time than a few only get into each other's way. On SQLite there
    /// are more threads than that, because changes wait on theirs for a COMMIT that they share.
    pub reads: Slots,
    /// The rest is left to requests: one conversation that somebody has locked must not make everybody wait.
    pub sockets: Slots,
}

impl BlockingSlots {
    pub fn new(reads: usize, sockets: usize) -> Self {
        Self { reads: Slots::new(reads), sockets: Slots::new(sockets) }
    }
}
