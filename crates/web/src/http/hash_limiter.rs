//! How many passwords are hashed at once. A storm of logins waits here, without holding a thread; everybody else goes by.
use super::Refusal;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Waiting requests. A hash takes about 30 ms: the last of them waits almost as long as a request may.
const QUEUE: usize = 64;

#[derive(Debug, Clone)]
pub struct HashLimiter {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl HashLimiter {
    /// At most half the cores hash at a time, and at least one.
    pub fn for_cores(cores: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new((cores / 2).max(1))), waiting: Arc::default() }
    }

    /// # Errors
    /// 503 when the queue is full, or too slow.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Refusal> {
        let _slot = QueueSlot::take(&self.waiting).ok_or(Refusal::UNAVAILABLE)?;
        match tokio::time::timeout_at(deadline.into(), self.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Refusal::UNAVAILABLE),
        }
    }
}

/// A place in the queue; given up also when the client goes away.
struct QueueSlot<'a>(&'a AtomicUsize);

impl<'a> QueueSlot<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        if waiting.fetch_add(1, Relaxed) < QUEUE {
            return Some(Self(waiting));
        }
        waiting.fetch_sub(1, Relaxed);
        None
    }
}

impl Drop for QueueSlot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn deadline() -> Instant {
        Instant::now() + Duration::from_secs(2)
    }

    #[actix_web::test]
    async fn the_gate_lets_half_the_cores_in_and_turns_away_what_the_queue_cannot_hold() {
        let hash_limiter = HashLimiter::for_cores(2);
        let inside = hash_limiter.enter(deadline()).await.unwrap();
        let queue: Vec<_> = (0..QUEUE)
            .map(|_| {
                let hash_limiter = hash_limiter.clone();
                tokio::task::spawn_local(
                    async move { hash_limiter.enter(deadline()).await.map(drop).is_ok() },
                )
            })
            .collect();
        while hash_limiter.waiting.load(Relaxed) < QUEUE {
            tokio::task::yield_now().await;
        }
        let refused = hash_limiter.enter(deadline()).await.unwrap_err();
        assert!(refused.is_unavailable(), "{refused:?}");
        drop(inside);
        for waiting in queue {
            assert!(waiting.await.unwrap());
        }
        assert_eq!(hash_limiter.waiting.load(Relaxed), 0);
    }
}
