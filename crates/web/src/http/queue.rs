//! How long a new request would wait. One that would wait too long is refused at once: told so, a client can
//! come back; kept waiting, it gives up just before it is served, and the work was for nobody.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// The mean follows the last jobs, about as many as this.
const MEMORY: u64 = 32;
/// A job counts as at most this part of the longest wait: when one slow `fsync` held up all servers, the mean would be a hundred
/// times too long for the next few dozen, who would be refused. A bound by the mean itself would be too low where most
/// jobs are short and a few are long.
const LONGEST_COUNTED: u32 = 3;
/// When the first request in the queue has waited for so long, nothing gets done, and new ones are refused. Not sooner: one
/// slow `fsync` takes up to half a second, and those who wait for it are served; the mean bounds how many they are.
const STALLED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Queue {
    /// Jobs that run at a time.
    servers: usize,
    longest: Duration,
    /// Waiting or running.
    jobs: AtomicUsize,
    /// How long one runs, in nanoseconds.
    mean: AtomicU64,
    start: Instant,
    /// When the job that began last had entered, in nanoseconds from the start; all who wait came later.
    last_begun: AtomicU64,
}

/// One job's place, from the moment that it waits until its end.
#[derive(Debug)]
pub(super) struct QueuePlace {
    queue: Arc<Queue>,
    entered: Instant,
    began: Option<Instant>,
}

impl Queue {
    /// `guess`: how long a job runs, until the first of them have told.
    pub(super) fn new(servers: usize, longest: Duration, guess: Duration) -> Arc<Self> {
        let mean = AtomicU64::new(nanoseconds(guess));
        Arc::new(Self {
            servers: servers.max(1),
            longest,
            jobs: AtomicUsize::new(0),
            mean,
            start: Instant::now(),
            last_begun: AtomicU64::new(0),
        })
    }

    /// `None` when it would wait for too long.
    pub(super) fn enter(self: &Arc<Self>) -> Option<QueuePlace> {
        let place = self.enter_anyway();
        let ahead = self.jobs.load(Relaxed) - 1;
        let may_enter = match () {
            () if self.longest == Duration::MAX => true,
            () if ahead < self.servers => true,
            () => self.wait_behind(ahead) <= self.longest && self.wait_of_first(place.entered) < STALLED,
        };
        may_enter.then_some(place)
    }

    /// However long it will wait.
    pub(super) fn enter_anyway(self: &Arc<Self>) -> QueuePlace {
        let entered = Instant::now();
        if self.jobs.fetch_add(1, Relaxed) < self.servers {
            // Nobody waits: those who will came later.
            self.last_begun.fetch_max(nanoseconds(entered - self.start), Relaxed);
        }
        QueuePlace { queue: self.clone(), entered, began: None }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.load(Relaxed) == 0
    }

    fn wait_behind(&self, ahead: usize) -> Duration {
        let waiting = (ahead + 1).saturating_sub(self.servers) as u64;
        Duration::from_nanos(self.mean.load(Relaxed).saturating_mul(waiting) / self.servers as u64)
    }

    /// At most so long has the first of those who wait been waiting. The mean stands still while no job ends.
    fn wait_of_first(&self, now: Instant) -> Duration {
        let entered = self.last_begun.load(Relaxed);
        Duration::from_nanos(nanoseconds(now - self.start).saturating_sub(entered))
    }

    /// Two that end at the same moment may count as one: it is a mean.
    fn learn(&self, took: Duration) {
        let mean = self.mean.load(Relaxed);
        let took = nanoseconds(took.min(self.longest / LONGEST_COUNTED));
        self.mean.store(mean - mean / MEMORY + took / MEMORY, Relaxed);
    }
}

impl QueuePlace {
    /// It waits no longer. Nobody is refused here: when jobs become slower, those who wait already wait longer than they might
    /// expect, and to refuse them late is worse than to serve them late.
    pub(super) fn begin(&mut self) {
        self.queue.last_begun.fetch_max(nanoseconds(self.entered - self.queue.start), Relaxed);
        self.began = Some(Instant::now());
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        self.queue.jobs.fetch_sub(1, Relaxed);
        if let Some(began) = self.began {
            self.queue.learn(began.elapsed());
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn as_many_wait_as_will_be_served_in_time() {
        // Four at a time, 10 ms each: in 100 ms forty are served.
        let queue = Queue::new(4, MS * 100, MS * 10);
        let places: Vec<_> = std::iter::from_fn(|| queue.enter()).collect();
        assert_eq!(places.len(), 4 + 40);
        assert!(queue.enter().is_none());
        drop(queue.enter_anyway());
        drop(places);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_burst_after_a_quiet_hour_is_no_overload() {
        let queue = Queue::new(4, MS * 20, MS);
        std::thread::sleep(STALLED + MS * 50);
        let places: Vec<_> = std::iter::from_fn(|| queue.enter()).collect();
        assert_eq!(places.len(), 4 + 80);
    }

    #[test]
    fn a_short_stall_is_waited_out_and_nobody_comes_in_while_a_long_one_lasts() {
        let queue = Queue::new(4, MS * 20, MS);
        let mut places: Vec<_> = std::iter::from_fn(|| queue.enter()).collect();
        places.truncate(40);
        std::thread::sleep(STALLED / 2);
        assert!(queue.enter().is_some());
        std::thread::sleep(STALLED / 2 + MS * 50);
        assert!(queue.enter().is_none());
    }

    #[test]
    fn who_finds_a_free_server_is_never_refused_however_slow_the_jobs_are() {
        let queue = Queue::new(2, MS, MS * 60_000);
        let places = [queue.enter(), queue.enter()];
        assert!(places.iter().all(Option::is_some) && queue.enter().is_none());
    }

    #[test]
    fn one_stall_of_all_servers_refuses_none_of_those_who_come_after_it() {
        let queue = Queue::new(8, MS * 200, MS * 3);
        for _ in 0..8 {
            queue.learn(MS * 800);
        }
        assert!(queue.wait_behind(64) < MS * 200, "{:?}", queue.wait_behind(64));
    }

    #[test]
    fn a_few_long_jobs_among_many_short_ones_count_in_full() {
        let queue = Queue::new(1, MS * 200, MS);
        for _ in 0..200 {
            (0..9).for_each(|_| queue.learn(MS / 10));
            queue.learn(MS * 40);
        }
        assert!(queue.wait_behind(1) > MS * 3, "{:?}", queue.wait_behind(1));
    }

    #[test]
    fn the_mean_follows_what_jobs_take() {
        let queue = Queue::new(1, MS * 100, Duration::ZERO);
        for _ in 0..500 {
            queue.learn(MS * 20);
        }
        let wait = queue.wait_behind(1);
        assert!(wait > MS * 19 && wait <= MS * 20, "{wait:?}");
        for _ in 0..500 {
            queue.learn(MS);
        }
        assert!(queue.wait_behind(1) < MS * 2);
    }
}
