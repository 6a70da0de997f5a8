//! Work of a socket that blocks.
use crate::http::{Refusal, SocketSlots, Threads, deadline_from_now, go_on_blocking};
use std::{future::Future, pin::Pin, time::Duration};
use tokio::time::sleep;

/// Work for a thread that may block.
pub type Task<T> = Box<dyn FnOnce() -> Result<T, Refusal> + Send>;

pub(super) type Running<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

/// Where the tasks of a worker's sockets run, and how many at a time.
#[derive(Clone)]
pub(super) struct TaskThreads {
    pub threads: Threads,
    pub slots: SocketSlots,
}

/// Runs the task when there is a slot, with a pause after a failure.
pub(super) fn started<T: Send + 'static>(on: &TaskThreads, task: Task<T>, pause: Duration) -> Running<T> {
    let TaskThreads { threads, slots } = on.clone();
    Box::pin(async move {
        let deadline = deadline_from_now();
        let result = match slots.take(deadline).await {
            Ok(slot) => {
                let held = move || {
                    let _held = slot;
                    task()
                };
                // The slots bound how many there are: a message is not refused for requests that wait.
                go_on_blocking(&threads, deadline, held).await
            }
            Err(problem) => Err(problem),
        };
        if result.is_err() {
            sleep(pause).await;
        }
        result
    })
}
