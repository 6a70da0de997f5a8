//! How many passwords are hashed at once. A storm of logins waits here, without holding a thread; everybody else goes by.
use super::{
    Refusal,
    blocking::shed,
    queue::{Queue, QueuePlace},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A sign-in that would wait longer is refused at once.
const WAIT_MAX: Duration = Duration::from_secs(1);
/// What a hash takes, until the first of them have told.
const GUESS: Duration = Duration::from_millis(30);

#[derive(Debug, Clone)]
pub struct HashLimiter {
    permits: Arc<Semaphore>,
    queue: Arc<Queue>,
}

/// Leave to hash. It goes along with the work, so that it lasts until that is done, also when the client is gone.
#[derive(Debug)]
pub(super) struct HashPermit {
    _permit: OwnedSemaphorePermit,
    _place: QueuePlace,
}

impl HashLimiter {
    /// At most half the cores hash at a time, and at least one.
    pub fn for_cores(cores: usize) -> Self {
        let at_once = (cores / 2).max(1);
        Self { permits: Arc::new(Semaphore::new(at_once)), queue: Queue::new(at_once, WAIT_MAX, GUESS) }
    }

    /// # Errors
    /// 503 when too many wait, and at the deadline.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<HashPermit, Refusal> {
        let mut place = self.queue.enter().ok_or_else(|| shed("sign_in"))?;
        match tokio::time::timeout_at(deadline.into(), self.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => {
                place.begin();
                Ok(HashPermit { _permit: permit, _place: place })
            }
            Ok(Err(_)) | Err(_) => Err(Refusal::UNAVAILABLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline() -> Instant {
        Instant::now() + Duration::from_secs(2)
    }

    #[actix_web::test]
    async fn half_the_cores_hash_and_who_would_wait_longer_than_a_second_is_refused() {
        let hash_limiter = HashLimiter::for_cores(2);
        let inside = hash_limiter.enter(deadline()).await.unwrap();
        let queue: Vec<_> = (0..33)
            .map(|_| {
                let hash_limiter = hash_limiter.clone();
                tokio::task::spawn_local(
                    async move { hash_limiter.enter(deadline()).await.map(drop).is_ok() },
                )
            })
            .collect();
        tokio::task::yield_now().await;
        let refused = hash_limiter.enter(deadline()).await.unwrap_err();
        assert!(refused.is_unavailable(), "{refused:?}");
        drop(inside);
        for waiting in queue {
            assert!(waiting.await.unwrap());
        }
        assert!(hash_limiter.enter(deadline()).await.is_ok());
    }
}
