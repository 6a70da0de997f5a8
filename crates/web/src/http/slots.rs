//! How many threads the sockets of one worker may hold. What waits for a slot holds no thread.
use super::Refusal;
use std::{sync::Arc, time::Instant};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout_at,
};

/// The rest is left to requests: one conversation that somebody has locked must not make everybody wait.
#[derive(Clone)]
pub struct SocketSlots(Arc<Semaphore>);

impl SocketSlots {
    pub fn new(threads: usize) -> Self {
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
