//! One target's turn: clients on a few threads, and what the processes used while the answers counted.
use super::{Base, HttpAnswer, HttpConnection, Slice, Visitor};
use crate::{
    Done,
    machine::{cpu_of, own_cpu},
};
use std::{
    pin::Pin,
    time::{Duration, Instant},
};

/// For connections to open and caches to fill, before anything is counted: a tenth of the time, and at least this.
const WARM_UP: Duration = Duration::from_millis(300);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub seconds: f64,
    pub threads: usize,
    /// When opening takes longer than a request does.
    pub warm_up: Duration,
    /// From one request of a visitor to the next, whenever the answers come; without it each waits for its answer.
    pub pace: Option<Duration>,
}

impl Load {
    pub(crate) fn new(seconds: f64, threads: usize) -> Self {
        let warm_up = WARM_UP.max(Duration::from_secs_f64(seconds / 10.0));
        Self { seconds, threads, warm_up, pace: None }
    }

    pub(crate) fn at(self, pace: Option<Duration>) -> Self {
        Self { pace, ..self }
    }
}

/// From when to when answers count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub begin: Instant,
    pub end: Instant,
    pace: Option<Duration>,
}

impl Window {
    pub(crate) fn from_now(load: Load) -> Self {
        let begin = Instant::now() + load.warm_up;
        Self { begin, end: begin + Duration::from_secs_f64(load.seconds), pace: load.pace }
    }
    pub(crate) fn counts(&self, now: Instant) -> bool {
        now >= self.begin && now < self.end
    }
}

pub(crate) type Life = Pin<Box<dyn Future<Output = Done<Slice>> + Send>>;
/// What one client does from its beginning to its end.
pub(crate) type Client = Box<dyn FnOnce(Window) -> Life + Send>;

/// Over HTTP: each visitor asks, waits for the answer, and asks again, at once or when it is due. `pid`: the process that
/// answers.
pub(crate) fn visit(
    base: &Base,
    visitors: Vec<Box<dyn Visitor>>,
    load: Load,
    pid: Option<u32>,
) -> Done<Slice> {
    let client = |visitor| -> Client {
        let base = base.clone();
        Box::new(move |window| Box::pin(one_visit(base, visitor, window)))
    };
    measure(visitors.into_iter().map(client).collect(), load, pid)
}

pub(crate) fn measure(clients: Vec<Client>, load: Load, pid: Option<u32>) -> Done<Slice> {
    let window = Window::from_now(load);
    let mut shares: Vec<Vec<Client>> = (0..load.threads.max(1)).map(|_| vec![]).collect();
    let count = shares.len();
    for (n, client) in clients.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(n % count) {
            share.push(client);
        }
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .filter(|share| !share.is_empty())
            .map(|share| scope.spawn(move || one_thread(share, window)))
            .collect();
        let times = || -> Done<_> { Ok((pid.map(cpu_of).transpose()?, own_cpu()?)) };
        sleep_until(window.begin);
        let before = times()?;
        sleep_until(window.end);
        let after = times()?;
        let mut whole = Slice::empty()?;
        whole.seconds = load.seconds;
        whole.server_cpu =
            after.0.zip(before.0).map(|(after, before)| after.saturating_sub(before).as_secs_f64());
        whole.own_cpu = after.1.saturating_sub(before.1).as_secs_f64();
        for thread in threads {
            whole.add(&thread.join().map_err(|_panic| "a thread of the bench panicked")??)?;
        }
        Ok(whole)
    })
}

fn sleep_until(then: Instant) {
    std::thread::sleep(then.saturating_duration_since(Instant::now()));
}

fn one_thread(clients: Vec<Client>, window: Window) -> Done<Slice> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let clients: Vec<_> = clients.into_iter().map(|client| tokio::spawn(client(window))).collect();
        let mut whole = Slice::empty()?;
        for client in clients {
            whole.add(&client.await??)?;
        }
        Ok(whole)
    })
}

async fn one_visit(base: Base, mut visitor: Box<dyn Visitor>, window: Window) -> Done<Slice> {
    let mut slice = Slice::empty()?;
    let mut connection = HttpConnection::open(&base).await?;
    let mut due = Instant::now();
    loop {
        let asked = match window.pace {
            None => Instant::now(),
            Some(pace) => {
                due += pace;
                when_due(due).await
            }
        };
        if asked >= window.end {
            visitor.leave();
            if visitor.is_at_rest() {
                return Ok(slice);
            }
        }
        let ask = visitor.ask();
        let answered = connection.ask(ask, visitor.listens()).await;
        let now = Instant::now();
        match answered {
            Ok(answer) if answer.status.is_success() => {
                if visitor.listens() {
                    visitor.hear(&answer.body);
                }
                if window.counts(now) {
                    slice.bytes += answer.length;
                    slice.answered(now - asked);
                }
            }
            // Outside the window too: a wrong answer is wrong at any time. Nobody goes on after it: what follows it
            // would be wrong as well.
            Ok(answer) => {
                slice.failed(told(&answer));
                return Ok(slice);
            }
            Err(why) => {
                slice.failed(why);
                return Ok(slice);
            }
        }
    }
}

/// When the request counts from: who is held up by the answer before it has waited since it was due, and who wakes late waits
/// for nobody.
async fn when_due(due: Instant) -> Instant {
    if Instant::now() >= due {
        return due;
    }
    tokio::time::sleep_until(due.into()).await;
    Instant::now()
}

pub(crate) fn told(answer: &HttpAnswer) -> String {
    let body = String::from_utf8_lossy(&answer.body);
    format!("{}: {}", answer.status, body.chars().take(200).collect::<String>())
}
