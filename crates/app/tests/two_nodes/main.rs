//! Two nodes behind the deployed nginx, twenty pairs who talk, and servers that die: nothing is lost, doubled or disordered.
//!
//! The random choices come from a seed that is printed; `TWO_NODES_SEED` gives one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]
#![allow(unreachable_pub, reason = "the modules speak to each other only")]
#![cfg_attr(not(all(has_postgres, has_redis)), allow(dead_code, reason = "the test is ignored"))]
mod client;
mod diary;
mod servers;
mod storm;
mod verdict;

use client::{Client, Weather};
use diary::{Diary, MESSAGES};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use storm::Toll;
use testing::{Backend, PASSWORD, Program, RedisServer, TestDb, http_client};
use tokio::{select, sync::watch, task::JoinSet, time::sleep};

const PAIRS: usize = 20;
const DEADLINE: Duration = Duration::from_secs(180);
/// After everybody has heard everything: nothing more may come.
const SILENCE: Duration = Duration::from_secs(1);

/// Somebody who talks, and how they are let in.
struct Talker {
    diary: Arc<Mutex<Diary>>,
    token: String,
}

#[test]
#[cfg_attr(
    not(all(has_postgres, has_redis)),
    ignore = "needs TEST_DATABASE_URL, TEST_REDIS_URL, redis-server"
)]
fn ten_thousand_messages_survive_the_death_of_every_server_once_each_and_in_order() {
    let seed =
        std::env::var("TWO_NODES_SEED").map_or_else(|_| rand::rng().random(), |seed| seed.parse().unwrap());
    // Told in any case, also when the harness captures what is printed.
    let tell = |words: String| writeln!(std::io::stderr(), "two_nodes: {words}").unwrap();
    tell(format!("TWO_NODES_SEED={seed}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let database = TestDb::fresh(Backend::Postgres);
    let redis = RedisServer::started();
    let nodes = ["node-a", "node-b"].map(|name| servers::node(name, folder.path(), &database, &redis));
    servers::trouble_commits(&database);
    let nginx = servers::nginx(folder.path(), &nodes);
    let at_nodes = [nodes[0].address, nodes[1].address];
    let doors = nginx.as_ref().map_or(at_nodes.to_vec(), |nginx| vec![nginx.address]);

    let talkers = runtime.block_on(arrive(doors[0], &mut StdRng::seed_from_u64(seed)));
    let talk = runtime.block_on(talk(&talkers, &doors, nodes, redis, seed));
    let Talk { outcome, toll, nodes, talked } = talk;
    tell(counts(&talkers, &toll, nginx.is_some(), talked, begun.elapsed()));
    let said: String = nodes.iter().map(Program::said).collect();
    if let Err(why) = outcome {
        panic!("{why}\n--- the nodes said last:\n{}", last_lines(&said));
    }
    let wrong = runtime.block_on(judge(&talkers, at_nodes));
    assert!(wrong.is_empty(), "{}", shortened(&wrong));
    assert!(toll.kills.iter().all(|kills| *kills >= 2) && toll.redis_restarts >= 2, "{toll:?}");

    assert!(!said.contains("panicked"), "{}", last_lines(&said));
    drop(nodes);
    let by_nginx = nginx.map(|mut nginx| {
        nginx.leave();
        nginx.said()
    });
    assert!(by_nginx.as_ref().is_none_or(|log| log.matches(r#""path":"/ws/chat/"#).count() > PAIRS));
    for log in [said].into_iter().chain(by_nginx) {
        let told = talkers.iter().find(|talker| log.contains(&talker.token));
        assert!(told.is_none() && !log.contains("token="), "a token is in a log");
    }
}

/// Registers everybody.
async fn arrive(door: SocketAddr, rng: &mut StdRng) -> Vec<Talker> {
    let (http, mut accounts) = (http_client(), vec![]);
    for pair in 0..PAIRS {
        for half in ["left", "right"] {
            let name = format!("{half}-{pair}");
            let body =
                json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
            let asked =
                http.post(format!("http://{door}/api/auth/register/")).json(&body).send().await.unwrap();
            let said: Value = asked.json().await.unwrap();
            let token = said["token"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
            accounts.push((name, said["user"]["id"].as_i64().unwrap(), token));
        }
    }
    let ids: Vec<i64> = accounts.iter().map(|account| account.1).collect();
    let talkers = accounts.into_iter().enumerate().map(|(n, (name, me, token))| {
        let fillers: Vec<_> = (0..MESSAGES).map(|_| "ж".repeat(rng.random_range(0..200))).collect();
        let diary = Arc::new(Mutex::new(Diary::new(name, me, ids[n ^ 1], fillers)));
        Talker { diary, token }
    });
    talkers.collect()
}

struct Talk {
    outcome: Result<(), String>,
    toll: Toll,
    nodes: [Program; 2],
    talked: Duration,
}

/// Everybody talks while servers die, and for a while after that.
async fn talk(
    talkers: &[Talker],
    doors: &[SocketAddr],
    mut nodes: [Program; 2],
    mut redis: RedisServer,
    seed: u64,
) -> Talk {
    let begun = Instant::now();
    let (tell, weather) = watch::channel(Weather::default());
    let tell = Arc::new(tell);
    let mut clients = JoinSet::new();
    for (n, Talker { diary, token }) in talkers.iter().enumerate() {
        let rng = StdRng::seed_from_u64(seed.wrapping_add(u64::try_from(n).unwrap() + 1));
        let (diary, token, weather) = (diary.clone(), token.clone(), weather.clone());
        clients.spawn(Client { diary, token, doors: doors.to_vec(), weather, rng }.run());
    }
    let told = tell.clone();
    let mut storm = tokio::task::spawn_blocking(move || {
        let toll = storm::rage(&mut nodes, &mut redis, &told, seed);
        told.send_modify(|weather| weather.calm = true);
        (toll, nodes, redis)
    });

    let mut survivors = None;
    let all_heard = async {
        // The clients keep their last words until then.
        survivors = Some((&mut storm).await.unwrap());
        while !talkers.iter().all(|talker| talker.diary.lock().unwrap().is_complete()) {
            sleep(Duration::from_millis(20)).await;
        }
        sleep(SILENCE).await;
    };
    // A client ends of itself only when it heard what must never be.
    let mut outcome = select! {
        Some(client) = clients.join_next() => client.unwrap(),
        () = all_heard => Ok(()),
        () = sleep(DEADLINE) => {
            let lacks = |talker: &Talker| verdict::lacks(&talker.diary.lock().unwrap());
            let lacks: Vec<_> = talkers.iter().filter_map(lacks).collect();
            Err(format!("after {DEADLINE:?}:\n{}", lacks.join("\n")))
        }
    };
    tell.send_modify(|weather| weather.over = true);
    while let Some(client) = clients.join_next().await {
        outcome = outcome.and(client.unwrap());
    }
    let talked = begun.elapsed();
    let (toll, nodes, _redis) = match survivors {
        Some(survivors) => survivors,
        None => storm.await.unwrap(),
    };
    Talk { outcome, toll, nodes, talked }
}

fn counts(talkers: &[Talker], toll: &Toll, nginx: bool, talked: Duration, all: Duration) -> String {
    let sum = |count: &dyn Fn(&Diary) -> usize| -> usize {
        talkers.iter().map(|talker| count(&talker.diary.lock().unwrap())).sum()
    };
    let tally =
        |count: &dyn Fn(&diary::Tally) -> u32| sum(&|diary| usize::try_from(count(&diary.tally)).unwrap());
    format!(
        "{} messages heard, {} acknowledged, {} acknowledged again, {} sent again, {} error frames; \
         {} connections, {} cut by clients, {} broken, {} refused; nodes killed {:?}, left {:?}, \
         Redis restarted {}; {}; talked {:.1} s, {:.1} s in all",
        sum(&|diary| diary.lines.len()),
        sum(&Diary::acknowledged),
        sum(&|diary| usize::try_from(diary.acknowledged_again()).unwrap()),
        sum(&|diary| usize::try_from(diary.sent_again()).unwrap()),
        tally(&|tally| tally.errors),
        tally(&|tally| tally.connections),
        tally(&|tally| tally.cuts),
        tally(&|tally| tally.broken),
        tally(&|tally| tally.refused),
        toll.kills,
        toll.leaves,
        toll.redis_restarts,
        if nginx { "behind nginx" } else { "no nginx here: clients chose their node" },
        talked.as_secs_f64(),
        all.as_secs_f64(),
    )
}

/// What is wrong in the end, in the diaries and at both nodes.
async fn judge(talkers: &[Talker], nodes: [SocketAddr; 2]) -> Vec<String> {
    let (http, mut wrong) = (http_client(), vec![]);
    for pair in talkers.chunks_exact(2) {
        let both = [&pair[0], &pair[1]].map(|talker| talker.diary.lock().unwrap());
        wrong.extend(verdict::disagreements([&both[0], &both[1]]));
    }
    for Talker { diary, token } in talkers {
        let peer = diary.lock().unwrap().peer;
        for (name, node) in ["node-a", "node-b"].into_iter().zip(nodes) {
            let asked = http.get(format!("http://{node}/api/chat/conversations/{peer}/"));
            let said = asked.header("Authorization", format!("Token {token}")).send().await.unwrap();
            let list = said.json().await.unwrap();
            wrong.extend(verdict::shown_otherwise(name, &diary.lock().unwrap(), &list));
        }
    }
    wrong
}

fn shortened(wrong: &[String]) -> String {
    let cut = |line: &String| line.chars().take(600).collect::<String>();
    let first: Vec<_> = wrong.iter().take(12).map(cut).collect();
    format!("{} things are wrong:\n{}", wrong.len(), first.join("\n"))
}

/// What the nodes complained of last.
fn last_lines(log: &str) -> String {
    let complaints = |line: &&str| ["WARN", "ERROR", "panicked"].iter().any(|word| line.contains(word));
    let lines: Vec<_> = log.lines().filter(complaints).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
