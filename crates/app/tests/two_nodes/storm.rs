//! Servers die and come back, again and again.
use crate::client::Weather;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};
use testing::{Program, RedisServer};
use tokio::sync::watch;

/// Of each node.
const KILLS: u32 = 4;
const LEAVES: u32 = 1;
/// Milliseconds.
const BETWEEN_DEATHS: Range<u64> = 1_000..2_800;
/// From the moment when everybody says something: while that is stored and told.
const INTO_THE_RUSH: Range<u64> = 0..40;
const DEAD: Range<u64> = 0..500;
const BETWEEN_REDIS_DEATHS: Range<u64> = 3_000..6_000;
/// How long Redis is away each time.
const REDIS_AWAY: [u64; 3] = [0, 2_000, 0];

#[derive(Debug, Default)]
pub struct Toll {
    pub kills: [u32; 2],
    pub leaves: [u32; 2],
    pub redis_restarts: u32,
}

/// Until everything has died as often as it should; or until somebody says that it is over.
pub fn rage(
    nodes: &mut [Program; 2],
    redis: &mut RedisServer,
    weather: &watch::Sender<Weather>,
    seed: u64,
) -> Toll {
    thread::scope(|scope| {
        let nodes = scope.spawn(move || kill_nodes(nodes, weather, &mut StdRng::seed_from_u64(seed)));
        let redis_restarts = kill_redis(redis, weather, &mut StdRng::seed_from_u64(!seed));
        let (kills, leaves) = nodes.join().unwrap();
        Toll { kills, leaves, redis_restarts }
    })
}

fn kill_nodes(
    nodes: &mut [Program; 2],
    weather: &watch::Sender<Weather>,
    rng: &mut StdRng,
) -> ([u32; 2], [u32; 2]) {
    let (mut kills, mut leaves) = ([0; 2], [0; 2]);
    let mut deaths: Vec<_> =
        [0, 1].into_iter().flat_map(|node| (0..KILLS + LEAVES).map(move |n| (node, n))).collect();
    deaths.shuffle(rng);
    for (node, n) in deaths {
        if !nap(weather, rng.random_range(BETWEEN_DEATHS)) {
            break;
        }
        weather.send_modify(|weather| weather.rushes += 1);
        nap(weather, rng.random_range(INTO_THE_RUSH));
        if n < KILLS {
            nodes[node].kill();
            kills[node] += 1;
        } else {
            let status = nodes[node].leave();
            assert!(status.success(), "{status}: {}", nodes[node].said());
            leaves[node] += 1;
        }
        nap(weather, rng.random_range(DEAD));
        nodes[node].start();
    }
    (kills, leaves)
}

fn kill_redis(redis: &mut RedisServer, weather: &watch::Sender<Weather>, rng: &mut StdRng) -> u32 {
    let mut restarts = 0;
    for away in REDIS_AWAY {
        if !nap(weather, rng.random_range(BETWEEN_REDIS_DEATHS)) {
            break;
        }
        redis.kill();
        nap(weather, away);
        redis.start();
        restarts += 1;
    }
    restarts
}

/// Whether it goes on after that.
fn nap(weather: &watch::Sender<Weather>, milliseconds: u64) -> bool {
    let until = Instant::now() + Duration::from_millis(milliseconds);
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        if weather.borrow().over {
            return false;
        }
        thread::sleep(left.min(Duration::from_millis(20)));
    }
    !weather.borrow().over
}
