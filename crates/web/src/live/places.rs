//! How many threads of a worker sockets may hold at once. The rest is left to requests: one conversation that somebody has
//! locked must not make the whole house wait.
use super::Job;
use crate::http::{Problem, deadline_from_now, run};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout_at},
};

#[derive(Clone)]
pub struct Places(Arc<Semaphore>);

pub(super) type Running<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl Places {
    /// Of one worker: each has threads of its own.
    pub fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads)))
    }

    /// Runs the job when there is a place, with a pause after a failure.
    pub(super) fn started<T: Send + 'static>(&self, job: Job<T>, pause: Duration) -> Running<T> {
        let places = self.0.clone();
        Box::pin(async move {
            let deadline = deadline_from_now();
            let result = match timeout_at(deadline.into(), places.acquire_owned()).await {
                // The place goes along with the work: it is given back when the thread is free, whoever still waits.
                Ok(Ok(place)) => {
                    let held = move || {
                        let _held = place;
                        job()
                    };
                    run(deadline, held).await
                }
                Ok(Err(_)) | Err(_) => Err(Problem::unavailable()),
            };
            if result.is_err() {
                sleep(pause).await;
            }
            result
        })
    }
}
