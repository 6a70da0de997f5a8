//! The one hop from the async threads to those that may block.
use super::{
    Refusal, lag,
    queue::{Queue, QueuePlace},
};
use crate::{each_second::EachSecond, metrics::REQUESTS_SHED};
use actix_web::web;
use domain::shared::deadline;
use rustix::process::setpriority_process;
use std::{
    cell::Cell,
    io,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

/// From the request's arrival, unless its route names another; then the caller is told 503. What has not been committed by
/// then never is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(2300);
/// Who would wait longer for a thread is refused at once. A burst that is served within it is no overload.
const WAIT_MAX: Duration = Duration::from_millis(200);
/// What a request takes, until the first of them have told.
const GUESS: Duration = Duration::from_micros(500);
/// Of one worker: reads keep the processor busy, and more of them at a time only get into each other's way
/// (`docs/decisions/0006-threads-and-pools.md`).
pub const THREADS_OF_WORKER: usize = 4;

pub(crate) fn deadline_from_now() -> Instant {
    Instant::now() + PATIENCE
}

thread_local! {
    static OF_THIS_WORKER: Arc<Queue> = Queue::new(THREADS_OF_WORKER, WAIT_MAX, GUESS);
}

/// Which threads a use case may block.
#[derive(Clone)]
pub enum Threads {
    /// The few of the worker that took the request.
    OfWorker(Priority),
    /// Of all workers.
    Shared(Arc<Pool>),
}

/// Whose turn it is when there is more work than processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    Normal,
    /// After the asynchronous threads: where the database's work is done by these threads (SQLite), the others would come
    /// too late even to refuse. Where a database server does it, this would only change threads more often.
    Low,
}

/// Of `setpriority`: about a quarter of the others' time. With 10 refusals come sooner, but a busy server's mix is a seventh
/// slower.
const NICE: i32 = 6;

impl Priority {
    /// Once for each thread. Refused or not, all goes on.
    fn apply(self) {
        thread_local! {
            static APPLIED: Cell<bool> = const { Cell::new(false) };
        }
        if self == Self::Low && !APPLIED.replace(true) {
            let _ = setpriority_process(None, NICE);
        }
    }
}

impl Threads {
    fn queue(&self) -> Arc<Queue> {
        match self {
            Self::OfWorker(_) => OF_THIS_WORKER.with(Clone::clone),
            Self::Shared(pool) => pool.queue.clone(),
        }
    }

    fn priority(&self) -> Priority {
        match self {
            Self::OfWorker(priority) => *priority,
            Self::Shared(pool) => pool.priority,
        }
    }
}

/// Threads of their own, for as long as this lives.
pub struct Pool {
    runtime: Option<Runtime>,
    queue: Arc<Queue>,
    priority: Priority,
}

impl Pool {
    fn open(name: &str, threads: usize, wait_max: Duration, priority: Priority) -> io::Result<Threads> {
        let builder = &mut Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).max_blocking_threads(threads).thread_name(name).build()?;
        let queue = Queue::new(threads, wait_max, GUESS);
        Ok(Threads::Shared(Arc::new(Self { runtime: Some(runtime), queue, priority })))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Without waiting: the last owner may be an async thread.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Who runs where.
pub struct ThreadPools {
    pub reads: Threads,
    pub changes: Threads,
    /// For what must not wait behind others, and is never refused for them: health, sign-out, and lookups that answer
    /// many callers at once.
    pub reserved: Threads,
}

impl ThreadPools {
    /// With an embedded database: changes have threads of their own, because they wait there for a COMMIT that they share.
    /// The more threads, the fewer COMMITs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn embedded(changes: usize, reserved: usize) -> io::Result<Self> {
        Ok(Self {
            reads: Threads::OfWorker(Priority::Low),
            changes: Pool::open("changes", changes, WAIT_MAX, Priority::Low)?,
            reserved: Self::reserved(reserved)?,
        })
    }

    /// With a database server. More threads for changes than connections would wait for each other.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn remote(reserved: usize) -> io::Result<Self> {
        let of_worker = Threads::OfWorker(Priority::Normal);
        Ok(Self { reads: of_worker.clone(), changes: of_worker, reserved: Self::reserved(reserved)? })
    }

    fn reserved(threads: usize) -> io::Result<Threads> {
        Pool::open("reserved", threads, Duration::MAX, Priority::Normal)
    }
}

static EACH_SECOND: EachSecond = EachSecond::new();

/// Too many wait, for what `queue` names: the label of the metric.
pub(super) fn shed(queue: &'static str) -> Refusal {
    metrics::counter!(REQUESTS_SHED, "queue" => queue).increment(1);
    if EACH_SECOND.is_due() {
        tracing::warn!(queue, "overloaded: requests are refused");
    }
    Refusal::UNAVAILABLE
}

/// One use case, whole, on a thread that may block.
///
/// # Errors
/// Those of the use case; 503 at once when too many wait, and at the deadline.
pub(crate) async fn run_blocking<T: Send + 'static>(
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let place = threads.queue().enter(lag::is_behind()).ok_or_else(|| shed("threads"))?;
    run_in(place, threads, deadline, use_case).await
}

/// What is bounded elsewhere, or the next part of what has begun: it is not refused for those who wait.
///
/// # Errors
/// Those of the use case, and 503 at the deadline.
pub(crate) async fn go_on_blocking<T: Send + 'static>(
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    run_in(threads.queue().enter_anyway(), threads, deadline, use_case).await
}

async fn run_in<T: Send + 'static>(
    mut place: QueuePlace,
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    let priority = threads.priority();
    let in_time = move || {
        let _request = span.enter();
        priority.apply();
        if Instant::now() >= deadline {
            return Err(Refusal::UNAVAILABLE);
        }
        if !place.begin() {
            return Err(shed("threads"));
        }
        let answer = deadline::within(deadline, use_case);
        drop(place);
        Ok((answer?, Instant::now()))
    };
    let answer = async {
        match threads {
            Threads::OfWorker(_) => web::block(in_time).await.ok(),
            Threads::Shared(pool) => pool.runtime.as_ref()?.spawn_blocking(in_time).await.ok(),
        }
    };
    match tokio::time::timeout_at(deadline.into(), answer).await {
        Ok(Some(answer)) => answer.map(|(answer, ended)| {
            lag::observe(ended);
            answer
        }),
        Ok(None) => Err(Refusal::internal("a use case panicked")),
        Err(_late) => Err(Refusal::UNAVAILABLE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    const A_JOB: Duration = Duration::from_millis(50);

    async fn crowd(threads: &Threads, size: usize) -> Vec<(bool, Duration)> {
        let begun = Instant::now();
        let slow = || {
            std::thread::sleep(A_JOB);
            Ok(())
        };
        let job =
            || async { (run_blocking(threads, begun + PATIENCE * 4, slow).await.is_ok(), begun.elapsed()) };
        join_all((0..size).map(|_| job())).await
    }

    #[actix_web::test]
    async fn who_would_wait_too_long_is_refused_at_once_and_the_others_are_served() {
        let threads = ThreadPools::embedded(2, 1).unwrap().changes;
        // Until the pool knows how long a job takes.
        for _ in 0..100 {
            crowd(&threads, 2).await;
        }
        let heard = crowd(&threads, 60).await;
        let (served, refused): (Vec<_>, Vec<_>) = heard.into_iter().partition(|(served, _)| *served);
        assert!((8..=14).contains(&served.len()), "{}", served.len());
        let refused_after = refused.iter().map(|(_, took)| *took).max().unwrap();
        let served_after = served.iter().map(|(_, took)| *took).min().unwrap();
        assert!(refused_after < served_after, "{refused_after:?} {served_after:?}");
    }

    #[actix_web::test]
    async fn reserved_threads_refuse_nobody() {
        let threads = ThreadPools::remote(2).unwrap().reserved;
        assert!(crowd(&threads, 60).await.into_iter().all(|(served, _)| served));
    }
}
