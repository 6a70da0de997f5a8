//! Counts in Redis, shared by all nodes.
//!
//! Every key carries the `run_id` of the Redis process that it was written to: what a restarted Redis finds on its disk is
//! never read again. A node that cannot reach Redis counts in the database, and moves the epoch when it changes something
//! (`docs/decisions/0004-unread-count.md`).
use domain::{
    notifications::ports::{Recall, Suspension, Ticket, UnreadCounts},
    shared::{AccountId, StoreError},
};
use rand::RngExt;
use redis::{Client, Connection, RedisResult, Script};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Only so that Redis does not fill with counts that nobody asks for.
const KEPT_FOR: Duration = Duration::from_secs(3600);
/// A suspension whose node died ends by itself. Longer than any commit: the database cancels a statement after 2 s.
const SUSPENDED_FOR: Duration = Duration::from_secs(30);
/// The database is quicker than a Redis that takes longer than this.
const PATIENCE: Duration = Duration::from_millis(250);

/// KEYS: three for each owner: count, generation, suspensions. ARGV: a new generation, the epoch that each owner brings. The
/// answer is {1, count} or {0, generation} for each.
const RECALL: &str = r"
    local now = redis.call('TIME')[1] * 1
    local answers = {}
    for owner = 1, #KEYS / 3 do
        local count_key, generation, suspended = KEYS[3 * owner - 2], KEYS[3 * owner - 1], KEYS[3 * owner]
        redis.call('ZREMRANGEBYSCORE', suspended, '-inf', now)
        local epoch, count = string.match(redis.call('GET', count_key) or '', '^(-?%d+):(%d+)$')
        if epoch == ARGV[1 + owner] and redis.call('ZCARD', suspended) == 0 then
            answers[owner] = {'1', count}
        else
            redis.call('SET', generation, ARGV[1], 'NX', 'EX', 86400)
            answers[owner] = {'0', redis.call('GET', generation)}
        end
    end
    return answers";

/// ARGV: the ticket's generation, epoch:count, seconds.
const KEEP: &str = r"
    if redis.call('ZCARD', KEYS[3]) == 0 and redis.call('GET', KEYS[2]) == ARGV[1] then
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    end";

/// ARGV: the suspension's name, a new generation, seconds. KEYS: three for each owner.
const SUSPEND: &str = r"
    local until_when = redis.call('TIME')[1] + ARGV[3]
    for i = 1, #KEYS, 3 do
        redis.call('ZADD', KEYS[i + 2], until_when, ARGV[1])
        redis.call('EXPIRE', KEYS[i + 2], ARGV[3] * 2)
        redis.call('SET', KEYS[i + 1], ARGV[2], 'EX', 86400)
        redis.call('DEL', KEYS[i])
    end";

/// ARGV: the suspension's name, a new generation. KEYS: three for each owner.
const RESUME: &str = r"
    for i = 1, #KEYS, 3 do
        redis.call('ZREM', KEYS[i + 2], ARGV[1])
        redis.call('SET', KEYS[i + 1], ARGV[2], 'EX', 86400)
        redis.call('DEL', KEYS[i])
    end";

/// Whether this is an address that we can speak to; nobody is asked yet.
///
/// # Errors
/// What is wrong with it, without repeating it: it may hold a password.
pub fn check_redis_url(url: &str) -> Result<(), String> {
    let words = "must be redis://[user:password@]host[:port][/db]; TLS (rediss://) is not built in";
    Client::open(url).map(drop).map_err(|_why| words.to_owned())
}

/// After a failure Redis is left alone for this long, so that nobody waits for it again and again.
const REST: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct RedisUnreadCounts {
    pool: r2d2::Pool<Manager>,
    /// Of whom: several houses may share one Redis.
    house: Arc<str>,
    failed_at: Arc<Mutex<Option<Instant>>>,
}

impl RedisUnreadCounts {
    /// Does not connect yet: a Redis that is away slows nobody's start. `house` must be the same on every node of one
    /// database, and another for another database.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn open(url: &str, house: &str, connections: u32) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(StoreError::failed)?;
        let builder = r2d2::Pool::builder().max_size(connections).min_idle(Some(0));
        let builder = builder.connection_timeout(PATIENCE).test_on_check_out(false);
        Ok(Self {
            pool: builder.build_unchecked(Manager(client)),
            house: house.into(),
            failed_at: Arc::default(),
        })
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn ping(&self) -> Result<(), StoreError> {
        let mut line = self.pool.get().map_err(StoreError::unavailable)?;
        redis::cmd("PING").query(&mut line.connection).map_err(StoreError::unavailable)
    }

    fn ask<T>(&self, question: impl FnOnce(&mut Line) -> RedisResult<T>) -> Option<T> {
        if self.failed_at().is_some_and(|at| at.elapsed() < REST) {
            return None;
        }
        let answer = self.pool.get().ok().and_then(|mut line| {
            let answer = question(&mut line);
            line.broken = answer.is_err();
            answer.ok()
        });
        *self.failed_at() = if answer.is_some() { None } else { Some(Instant::now()) };
        answer
    }

    fn failed_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self, line: &Line, owner: AccountId) -> [String; 3] {
        let (house, run_id) = (&self.house, &line.run_id);
        ["count", "generation", "suspended"]
            .map(|what| format!("carebase:{house}:unread:{run_id}:{owner}:{what}"))
    }

    fn change(&self, script: &str, owners: &[AccountId], name: u64) -> Option<()> {
        self.ask(|line| {
            let keys: Vec<String> = owners.iter().flat_map(|owner| self.keys(line, *owner)).collect();
            let script = Script::new(script);
            let mut call = script.prepare_invoke();
            call.key(keys).arg(name).arg(generation()).arg(SUSPENDED_FOR.as_secs());
            call.invoke(&mut line.connection)
        })
    }
}

impl UnreadCounts for RedisUnreadCounts {
    fn recall(&self, asking: &[(AccountId, i64)]) -> Vec<Recall> {
        let fresh = generation();
        let answers = self.ask(|line| {
            let keys: Vec<_> = asking.iter().flat_map(|(owner, _)| self.keys(line, *owner)).collect();
            let epochs: Vec<_> = asking.iter().map(|(_, epoch)| *epoch).collect();
            let script = Script::new(RECALL);
            let mut call = script.prepare_invoke();
            call.key(keys).arg(fresh).arg(epochs);
            call.invoke::<Vec<(u8, u64)>>(&mut line.connection)
        });
        // No generation is 0: nothing can be kept with such a ticket.
        let answers = answers.unwrap_or_else(|| vec![(0, 0); asking.len()]);
        let recall = |(&(owner, epoch), answer): (&(AccountId, i64), (u8, u64))| match answer {
            (1, count) => Recall::Known(count),
            (_, generation) => Recall::Unknown(Ticket { owner, epoch, generation }),
        };
        asking.iter().zip(answers).map(recall).collect()
    }

    fn keep(&self, ticket: Ticket, count: u64) {
        if ticket.generation == 0 {
            return;
        }
        self.ask(|line| {
            let keys = self.keys(line, ticket.owner);
            let script = Script::new(KEEP);
            let mut call = script.prepare_invoke();
            call.key(&keys[..]).arg(ticket.generation).arg(format!("{}:{count}", ticket.epoch));
            call.arg(KEPT_FOR.as_secs());
            call.invoke::<()>(&mut line.connection)
        });
    }

    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        let name = generation();
        if self.change(SUSPEND, owners, name).is_none() {
            return Suspension::unheard();
        }
        let (cache, owners) = (self.clone(), owners.to_vec());
        Suspension::until(move || {
            // Unheard, the suspension ends by itself.
            let _ = cache.change(RESUME, &owners, name);
        })
    }
}

/// Random, because a sequence could repeat itself after a restart of Redis. Never 0.
fn generation() -> u64 {
    rand::rng().random_range(1..=u64::MAX)
}

struct Line {
    connection: Connection,
    /// Of the process at the other end.
    run_id: String,
    /// A late answer to an old question must not become the answer to a new one.
    broken: bool,
}

struct Manager(Client);

impl r2d2::ManageConnection for Manager {
    type Connection = Line;
    type Error = redis::RedisError;

    fn connect(&self) -> RedisResult<Line> {
        let mut connection = self.0.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        let info: redis::InfoDict = redis::cmd("INFO").arg("server").query(&mut connection)?;
        let run_id = info.get::<String>("run_id").unwrap_or_default();
        Ok(Line { connection, run_id, broken: false })
    }
    fn is_valid(&self, line: &mut Line) -> RedisResult<()> {
        redis::cmd("PING").query(&mut line.connection)
    }
    fn has_broken(&self, line: &mut Line) -> bool {
        use redis::ConnectionLike;
        line.broken || !line.connection.is_open()
    }
}
