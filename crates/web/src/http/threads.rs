//! The threads that may block.
use super::{
    lag::LastSign,
    queue::{Queue, QueuePlace},
};
use rustix::process::setpriority_process;
use std::{
    cell::OnceCell,
    io,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    task::spawn_blocking,
};

/// Of one worker, for reads of an embedded database: they keep the processor busy, and more of them at a time only get into each
/// other's way (`docs/decisions/0006-threads-and-pools.md`).
pub const EMBEDDED_READS: usize = 2;
/// Of one worker, with a database server: its answers are waited for.
pub const REMOTE_CALLS: usize = 4;
/// Who would wait longer for a thread is refused at once. A burst that is served within it is no overload.
const WAIT_MAX: Duration = Duration::from_millis(200);
/// Of `setpriority`, for threads that take jobs while the asynchronous ones are behind: those refuse in time then, and
/// answer for the server's health. Always, it would make a busy server with a database beside it a fifth slower; and a
/// thread that lowered its own priority may not raise it again, so that others take the jobs.
const NICE_BEHIND: i32 = 15;
/// What a request takes, until the first of them have told.
const GUESS: Duration = Duration::from_micros(500);

thread_local! {
    static OF_THIS_WORKER: OnceCell<Arc<Queue>> = const { OnceCell::new() };
}

/// Which threads a use case may block.
#[derive(Clone)]
pub struct Threads {
    usual: Group,
    /// Take the jobs while the asynchronous threads are behind.
    behind: Option<Arc<Pool>>,
    last_sign: Arc<LastSign>,
}

#[derive(Clone)]
enum Group {
    /// Those of the worker that took the request, and how many they are.
    OfWorker(usize),
    /// Of all workers.
    Shared(Arc<Pool>),
}

/// Threads of their own, for as long as this lives.
struct Pool {
    runtime: Option<Runtime>,
    queue: Arc<Queue>,
}

/// A job's place in the queue of the threads that will take it.
pub(super) struct Admission {
    place: QueuePlace,
    /// Those that take jobs while the asynchronous threads are behind.
    behind: bool,
}

impl Threads {
    /// Also while the asynchronous threads are behind.
    pub(super) fn always_usual(&self) -> Self {
        Self { behind: None, ..self.clone() }
    }

    /// `None` when it would wait for too long.
    pub(super) fn admit(&self) -> Option<Admission> {
        let (queue, behind) = self.queue();
        let place = queue.enter();
        if place.is_none() {
            self.last_sign.observe_refusal();
        }
        Some(Admission { place: place?, behind })
    }

    /// However long it will wait.
    pub(super) fn admit_anyway(&self) -> Admission {
        let (queue, behind) = self.queue();
        Admission { place: queue.enter_anyway(), behind }
    }

    /// `None` when the job panicked; else what it answers and when it ended. A job that waited for the usual threads until the
    /// asynchronous ones were behind is handed on: by then up to [`WAIT_MAX`] of work waits, and would keep the processor for
    /// as long.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        admission: Admission,
        job: impl FnOnce(QueuePlace) -> T + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let job = move |place| {
            // Nobody waits any more when the deadline is over.
            let _ = tell.send((job(place), Instant::now()));
        };
        let Admission { place, behind: is_behind } = admission;
        match (self.behind.clone(), self.last_sign.clone()) {
            (None, _) => self.usual.spawn(move || job(place)),
            (Some(behind), _) if is_behind => behind.spawn(move || job(place)),
            (Some(behind), sign) => self.usual.spawn(move || {
                if sign.is_recent() {
                    drop(place);
                    let place = behind.queue.enter_anyway();
                    behind.spawn(move || job(place));
                } else {
                    job(place);
                }
            }),
        }
        let (answer, ended) = told.await.ok()?;
        self.last_sign.observe(ended);
        Some(answer)
    }

    /// Of those that take jobs now, and whether these are the others.
    fn queue(&self) -> (Arc<Queue>, bool) {
        match self.behind.as_ref().filter(|_| self.last_sign.is_recent()) {
            Some(behind) => (behind.queue.clone(), true),
            None => (self.usual.queue(), false),
        }
    }
}

impl Group {
    fn queue(&self) -> Arc<Queue> {
        match self {
            Self::OfWorker(threads) => OF_THIS_WORKER
                .with(|queue| queue.get_or_init(|| Queue::new(*threads, WAIT_MAX, GUESS)).clone()),
            Self::Shared(pool) => pool.queue.clone(),
        }
    }

    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        match self {
            Self::OfWorker(_) => drop(spawn_blocking(job)),
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
                // Of this thread alone, on Linux. Refused or not, all goes on.
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
    /// For what must not wait behind others, and is never refused for them: health, and lookups that answer many callers
    /// at once.
    pub reserved: Threads,
    /// The same for routes that are never shed: sign-out.
    pub reserved_changes: Threads,
}

impl ThreadPools {
    /// With an embedded database: changes have threads of their own, because they wait there for a COMMIT that they share.
    /// The more threads, the fewer COMMITs; so reserved changes have as many as those of a worker. With two, twenty sign-outs
    /// waited for ten COMMITs, and a disk that takes half a second for each let twelve of them miss their deadline.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn embedded(workers: usize, changes_of_worker: usize, reserved: usize) -> io::Result<Self> {
        let (last_sign, changes) = (Arc::new(LastSign::none()), workers * changes_of_worker);
        let usual = Group::Shared(Pool::open("changes", changes, WAIT_MAX, None)?);
        let behind = Some(Self::behind("changes-behind", changes)?);
        Ok(Self {
            reads: Self::of_workers(workers, EMBEDDED_READS, &last_sign)?,
            changes: Threads { usual, behind, last_sign: last_sign.clone() },
            reserved: Self::reserved("reserved", reserved, &last_sign)?,
            reserved_changes: Self::reserved("reserved-changes", changes_of_worker, &last_sign)?,
        })
    }

    /// With a database server. More threads for changes than connections would wait for each other.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn remote(workers: usize, reserved: usize) -> io::Result<Self> {
        let last_sign = Arc::new(LastSign::none());
        let reads = Self::of_workers(workers, REMOTE_CALLS, &last_sign)?;
        let reserved = Self::reserved("reserved", reserved, &last_sign)?;
        Ok(Self { changes: reads.clone(), reads, reserved_changes: reserved.clone(), reserved })
    }

    fn of_workers(workers: usize, threads: usize, last_sign: &Arc<LastSign>) -> io::Result<Threads> {
        let behind = Some(Self::behind("reads-behind", workers * threads)?);
        Ok(Threads { usual: Group::OfWorker(threads), behind, last_sign: last_sign.clone() })
    }

    fn behind(name: &str, threads: usize) -> io::Result<Arc<Pool>> {
        Pool::open(name, threads, WAIT_MAX, Some(NICE_BEHIND))
    }

    fn reserved(name: &str, threads: usize, last_sign: &Arc<LastSign>) -> io::Result<Threads> {
        let usual = Group::Shared(Pool::open(name, threads, Duration::MAX, None)?);
        Ok(Threads { usual, behind: None, last_sign: last_sign.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join;
    use rustix::process::getpriority_process;
    use std::thread::{current, sleep};

    const A_JOB: Duration = Duration::from_millis(50);

    /// The name of the thread that takes it, and how nice that is.
    async fn job(threads: &Threads) -> (String, i32) {
        let admission = threads.admit().unwrap();
        let job = |mut place: QueuePlace| {
            place.begin();
            sleep(A_JOB);
            (current().name().unwrap_or_default().to_owned(), getpriority_process(None).unwrap())
        };
        threads.run(admission, job).await.unwrap()
    }

    #[actix_web::test]
    async fn while_the_asynchronous_threads_are_behind_others_take_the_jobs_and_those_that_wait() {
        let threads = ThreadPools::embedded(1, 1, 1).unwrap().changes;
        let usual = ("changes".to_owned(), getpriority_process(None).unwrap());
        let behind = ("changes-behind".to_owned(), NICE_BEHIND);
        let later = async {
            tokio::time::sleep(A_JOB / 2).await;
            threads.last_sign.note(Instant::now());
        };
        let two = join(job(&threads), job(&threads));
        let (taken, ()) = join(two, later).await;
        assert_eq!(taken, (usual, behind.clone()), "the second one waited");
        assert_eq!(job(&threads).await, behind);
        assert!(threads.usual.queue().is_empty() && threads.queue().0.is_empty());
    }
}
