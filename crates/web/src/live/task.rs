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

impl TaskThreads {
    /// Runs the task when there is a slot. The slots bound how many there are: neither a message nor a crowd that opens its
    /// sockets again is refused for requests that wait.
    ///
    /// # Errors
    /// Those of the task, and 503 at the deadline.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let deadline = deadline_from_now();
        let slot = self.slots.take(deadline).await?;
        let held = move || {
            let _held = slot;
            task()
        };
        go_on_blocking(&self.threads, deadline, held).await
    }
}

/// With a pause after a failure.
pub(super) fn started<T: Send + 'static>(on: &TaskThreads, task: Task<T>, pause: Duration) -> Running<T> {
    let on = on.clone();
    Box::pin(async move {
        let result = on.run(task).await;
        if result.is_err() {
            sleep(pause).await;
        }
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{ThreadPools, run_blocking};
    use futures_util::future::{join, join_all};

    const A_JOB: Duration = Duration::from_millis(20);

    #[actix_web::test]
    async fn a_crowd_of_sockets_waits_where_requests_are_refused() {
        let threads = ThreadPools::embedded(1, 1, 1).unwrap().changes;
        let on = TaskThreads { threads: threads.clone(), slots: SocketSlots::new(1) };
        let job = || {
            std::thread::sleep(A_JOB);
            Ok(())
        };
        // Until the pool knows how long a job takes.
        for _ in 0..100 {
            on.run(job).await.unwrap();
        }
        let requests = join_all((0..40).map(|_| run_blocking(&threads, deadline_from_now(), job)));
        let sockets = join_all((0..20).map(|_| on.run(job)));
        let (requests, sockets) = join(requests, sockets).await;
        assert!(requests.iter().any(Result::is_err) && sockets.iter().all(Result::is_ok));
    }
}
