//! Requests at fixed times, whatever became of those before. An answer's time counts from when its request was due.
use crate::{
    Done,
    machine::{cpu_of, own_cpu},
    numbers::as_f64,
    wire::{Ask, Base, HttpConnection, Load, Slice, Visitor, told},
};
use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{task::LocalSet, time::sleep_until};

/// Over all threads, opened before the flood, as clients are connected before they ask too much. More than that are more descriptors
/// than most systems give a process.
pub(super) const CONNECTIONS: usize = 2000;
/// What was due in this time is sent at once: a timer for each request would be most of the generator's work.
const TICK: Duration = Duration::from_millis(1);
/// After the last request, for the last answers.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Answers {
    pub served: Slice,
    /// 503 with `Retry-After`.
    pub refused: Slice,
    /// Served before the flood's end.
    pub in_time: u64,
}

impl Answers {
    fn empty() -> Done<Self> {
        Ok(Self { served: Slice::empty()?, refused: Slice::empty()?, in_time: 0 })
    }
}

pub(super) fn flood(
    base: &Base,
    visitors: Vec<Box<dyn Visitor>>,
    per_second: f64,
    load: Load,
    pid: u32,
) -> Done<Answers> {
    let threads = load.threads.max(1);
    let mut shares: Vec<Vec<Box<dyn Visitor>>> = (0..threads).map(|_| vec![]).collect();
    for (n, visitor) in visitors.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(n % threads) {
            share.push(visitor);
        }
    }
    let each = per_second / as_f64(threads as u64);
    let before = (cpu_of(pid)?, own_cpu()?);
    let parts: Vec<Done<Answers>> = std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let base = base.clone();
                scope.spawn(move || one_thread(base, share, each, load.seconds, CONNECTIONS / threads))
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_panic| "a thread of the bench panicked")?)
            .collect()
    });
    let mut all = Answers::empty()?;
    for part in parts {
        let part = part?;
        all.served.add(&part.served)?;
        all.refused.add(&part.refused)?;
        all.in_time += part.in_time;
    }
    all.served.seconds = load.seconds;
    all.served.server_cpu = Some((cpu_of(pid)? - before.0).as_secs_f64());
    all.served.own_cpu = (own_cpu()? - before.1).as_secs_f64();
    Ok(all)
}

fn one_thread(
    base: Base,
    visitors: Vec<Box<dyn Visitor>>,
    per_second: f64,
    seconds: f64,
    connections: usize,
) -> Done<Answers> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let flooded = async {
        let mut idle = Vec::with_capacity(connections);
        for _ in 0..connections {
            idle.push(HttpConnection::open(&base).await?);
        }
        let (begun, answers) = (Instant::now(), Answers::empty()?);
        let state = State { idle, queue: VecDeque::new(), waiting: 0, answers };
        let end = begun + Duration::from_secs_f64(seconds);
        let crowd = Rc::new(Crowd { end, state: RefCell::new(state) });
        until_over(crowd.clone(), visitors, per_second, begun).await?;
        let empty = Answers::empty()?;
        Ok(std::mem::replace(&mut crowd.state.borrow_mut().answers, empty))
    };
    LocalSet::new().block_on(&runtime, flooded)
}

async fn until_over(
    crowd: Rc<Crowd>,
    mut visitors: Vec<Box<dyn Visitor>>,
    per_second: f64,
    begun: Instant,
) -> Done {
    let (every, end) = (Duration::from_secs_f64(1.0 / per_second), crowd.end);
    let (mut due, mut turn) = (begun, 0);
    while due < end {
        sleep_until((due.max(Instant::now()) + TICK).into()).await;
        while due < end.min(Instant::now()) {
            turn = (turn + 1) % visitors.len().max(1);
            let visitor = visitors.get_mut(turn).ok_or("nobody asks")?;
            crowd.clone().send(visitor.ask(), due);
            due += every;
        }
    }
    let last = Instant::now() + PATIENCE;
    while crowd.state.borrow().waiting > 0 && Instant::now() < last {
        sleep_until((Instant::now() + TICK).into()).await;
    }
    let waiting = crowd.state.borrow().waiting;
    if waiting > 0 {
        crowd.state.borrow_mut().answers.served.failed(format!("{waiting} requests were never answered"));
    }
    Ok(())
}

/// The connections of one thread.
struct Crowd {
    end: Instant,
    state: RefCell<State>,
}

struct State {
    idle: Vec<HttpConnection>,
    /// For whom no connection is idle.
    queue: VecDeque<(Ask, Instant)>,
    waiting: usize,
    answers: Answers,
}

impl Crowd {
    fn send(self: Rc<Self>, ask: Ask, due: Instant) {
        let mut state = self.state.borrow_mut();
        state.waiting += 1;
        match state.idle.pop() {
            None => state.queue.push_back((ask, due)),
            Some(connection) => {
                drop(state);
                tokio::task::spawn_local(self.ask(connection, ask, due));
            }
        }
    }

    /// And what waits behind it, over the same connection.
    async fn ask(self: Rc<Self>, mut connection: HttpConnection, mut ask: Ask, mut due: Instant) {
        loop {
            let answered = connection.ask(ask, false).await;
            let took = due.elapsed();
            let mut state = self.state.borrow_mut();
            state.waiting -= 1;
            match answered {
                Ok(answer) if answer.status.is_success() => {
                    state.answers.served.bytes += answer.length;
                    state.answers.served.answered(took);
                    state.answers.in_time += u64::from(Instant::now() < self.end);
                }
                Ok(answer) if answer.status == 503 && answer.headers.contains_key("retry-after") => {
                    state.answers.refused.answered(took);
                }
                Ok(answer) => state.answers.served.failed(told(&answer)),
                Err(why) => return state.answers.served.failed(why),
            }
            match state.queue.pop_front() {
                Some(next) => (ask, due) = next,
                None => return state.idle.push(connection),
            }
        }
    }
}
