//! The threads that may block.
use super::{lag, queue::Queue};
use rustix::process::setpriority_process;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    task::spawn_blocking,
};

/// Of one worker: reads keep the processor busy, and more of them at a time only get into each other's way
/// (`docs/decisions/0006-threads-and-pools.md`).
pub const THREADS_OF_WORKER: usize = 4;
/// Who would wait longer for a thread is refused at once. A burst that is served within it is no overload.
const WAIT_MAX: Duration = Duration::from_millis(200);
/// The same while the asynchronous threads are behind: jobs get less of the processor then, and a crowd that would have been
/// served in time is not refused for it.
const WAIT_MAX_BEHIND: Duration = Duration::from_millis(500);
/// Of `setpriority`, for threads that take jobs while the asynchronous ones are behind: those refuse in time then, and
/// answer for the server's health. Always, it would make a busy server with a database beside it a fifth slower; and a
/// thread that lowered its own priority may not raise it again, so that others take the jobs.
const NICE_BEHIND: i32 = 10;
/// What a request takes, until the first of them have told.
const GUESS: Duration = Duration::from_micros(500);

thread_local! {
    static OF_THIS_WORKER: Arc<Queue> = Queue::new(THREADS_OF_WORKER, WAIT_MAX, GUESS);
}

/// Which threads a use case may block.
#[derive(Clone)]
pub struct Threads {
    usual: Group,
    /// Instead, while the asynchronous threads are behind.
    behind: Option<Arc<Pool>>,
}

#[derive(Clone)]
enum Group {
    /// The few of the worker that took the request.
    OfWorker,
    /// Of all workers.
    Shared(Arc<Pool>),
}

/// Threads of their own, for as long as this lives.
struct Pool {
    runtime: Option<Runtime>,
    queue: Arc<Queue>,
}

impl Threads {
    /// Of the worker that took the request, always.
    pub(super) fn of_worker() -> Self {
        Self { usual: Group::OfWorker, behind: None }
    }

    /// Of those that take jobs now.
    pub(super) fn queue(&self) -> Arc<Queue> {
        match self.behind.as_ref().filter(|_| lag::is_behind()) {
            Some(behind) => behind.queue.clone(),
            None => self.usual.queue(),
        }
    }

    /// `None` when the job panicked. A job that waited for the usual threads until the asynchronous ones were behind is handed
    /// on: by then up to [`WAIT_MAX`] of work waits, and would keep the processor for as long.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let job = move || {
            // Nobody waits any more when the deadline is over.
            let _ = tell.send(job());
        };
        match self.behind.clone() {
            None => self.usual.spawn(job),
            Some(behind) if lag::is_behind() => behind.spawn(job),
            Some(behind) => {
                self.usual.spawn(move || if lag::is_behind() { behind.spawn(job) } else { job() })
            }
        }
        told.await.ok()
    }
}

impl Group {
    fn queue(&self) -> Arc<Queue> {
        match self {
            Self::OfWorker => OF_THIS_WORKER.with(Clone::clone),
            Self::Shared(pool) => pool.queue.clone(),
        }
    }

    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        match self {
            Self::OfWorker => drop(spawn_blocking(job)),
            Self::Shared(pool) => pool.spawn(job),
        }
    }
}

impl Pool {
    fn open(name: &str, threads: usize, wait_max: Duration, nice: Option<i32>) -> io::Result<Arc<Self>> {
        // Only for its blocking threads: nothing else is spawned there, so that it needs no thread that drives it.
        let builder = &mut Builder::new_current_thread();
        builder.max_blocking_threads(threads).thread_name(name).on_thread_start(move || {
            if let Some(nice) = nice {
                // Refused or not, all goes on.
                let _ = setpriority_process(None, nice);
            }
        });
        let queue = Queue::new(threads, wait_max, GUESS);
        Ok(Arc::new(Self { runtime: Some(builder.build()?), queue }))
    }

    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            drop(runtime.spawn_blocking(job));
        }
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
    pub fn embedded(workers: usize, changes_of_worker: usize, reserved: usize) -> io::Result<Self> {
        let changes = workers * changes_of_worker;
        let usual = Group::Shared(Pool::open("changes", changes, WAIT_MAX, None)?);
        let changes = Threads { usual, behind: Some(Self::behind("changes-behind", changes)?) };
        Ok(Self { reads: Self::of_workers(workers)?, changes, reserved: Self::reserved(reserved)? })
    }

    /// With a database server. More threads for changes than connections would wait for each other.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn remote(workers: usize, reserved: usize) -> io::Result<Self> {
        let of_workers = Self::of_workers(workers)?;
        Ok(Self { reads: of_workers.clone(), changes: of_workers, reserved: Self::reserved(reserved)? })
    }

    fn of_workers(workers: usize) -> io::Result<Threads> {
        Ok(Threads {
            usual: Group::OfWorker,
            behind: Some(Self::behind("reads-behind", workers * THREADS_OF_WORKER)?),
        })
    }

    fn behind(name: &str, threads: usize) -> io::Result<Arc<Pool>> {
        Pool::open(name, threads, WAIT_MAX_BEHIND, Some(NICE_BEHIND))
    }

    fn reserved(threads: usize) -> io::Result<Threads> {
        let usual = Group::Shared(Pool::open("reserved", threads, Duration::MAX, None)?);
        Ok(Threads { usual, behind: None })
    }
}
