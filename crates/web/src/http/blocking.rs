//! The one hop from the async threads to those that may block.
use super::Refusal;
use actix_web::web;
use domain::shared::deadline;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};

/// From the request's arrival, unless its route names another; then the caller is told 503. What has not been committed by
/// then never is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(2300);

pub(crate) fn deadline_from_now() -> Instant {
    Instant::now() + PATIENCE
}

/// Which threads a use case may block.
#[derive(Clone)]
pub enum Threads {
    /// The few of the worker that took the request: reads keep the processor busy, and more of them at a time than a few
    /// only get into each other's way.
    OfWorker,
    /// Many, of all workers: changes wait there on SQLite for a COMMIT that they share. The more, the fewer COMMITs.
    Shared(Handle),
}

/// Threads for changes, for as long as this lives.
pub struct ChangeThreads(Option<Runtime>);

impl ChangeThreads {
    /// # Errors
    /// When the system gives no thread.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let builder = &mut Builder::new_multi_thread();
        let builder = builder.worker_threads(1).max_blocking_threads(threads).thread_name("changes");
        builder.build().map(|runtime| Self(Some(runtime)))
    }

    /// None of their own: on PostgreSQL more threads than connections would wait for each other.
    pub fn of_workers() -> Self {
        Self(None)
    }

    pub fn threads(&self) -> Threads {
        self.0.as_ref().map_or(Threads::OfWorker, |runtime| Threads::Shared(runtime.handle().clone()))
    }
}

impl Drop for ChangeThreads {
    fn drop(&mut self) {
        // Without waiting: the last owner may be an async thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// One use case, whole, on a thread that may block.
///
/// # Errors
/// Those of the use case, and 503 at the deadline.
pub(crate) async fn run_blocking<T: Send + 'static>(
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    let in_time = move || {
        let _request = span.enter();
        if Instant::now() >= deadline {
            return Err(Refusal::UNAVAILABLE);
        }
        deadline::within(deadline, use_case)
    };
    let answer = async {
        match threads {
            Threads::OfWorker => web::block(in_time).await.ok(),
            Threads::Shared(pool) => pool.spawn_blocking(in_time).await.ok(),
        }
    };
    match tokio::time::timeout_at(deadline.into(), answer).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(Refusal::internal("a use case panicked")),
        Err(_late) => Err(Refusal::UNAVAILABLE),
    }
}
