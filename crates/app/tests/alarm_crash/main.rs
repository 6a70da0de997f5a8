//! Two nodes that are killed again and again, a mail server that goes away, and people who press the alarm button meanwhile:
//! every press that was answered has its letters accepted, and nothing was called accepted that was not. Then the alarms are repeated
//! and half of them answered, under the same kills: no answer is lost, none is followed by a repeat, and every other alarm is
//! repeated.
//!
//! The verdict knows the mail server's own log and the answers, and asks no database. `ALARM_CRASH_PRESSES` and
//! `ALARM_CRASH_MAIL_AWAY` (seconds) make it longer; `ALARM_CRASH_SEED` repeats its choices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]
#![allow(unreachable_pub, reason = "the modules speak to each other only")]
#![cfg_attr(not(has_postgres), allow(dead_code, reason = "the test is ignored"))]
mod answers;
mod mail;
mod person;
mod storm;
mod verdict;

use answers::Scene;
use person::Person;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    fmt::Display,
    io::Write,
    str::FromStr,
    time::{Duration, Instant},
};
use testing::{Backend, Program, TestDb, carebase};

/// Registered at the same time.
const AT_ONCE: usize = 8;
/// Letters are accepted so long after the mail server is back, at the latest.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(35);
/// Each press comes at some moment of this.
const PRESSED_WITHIN: Duration = Duration::from_secs(15);

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn every_alarm_that_was_answered_reaches_everybody_whatever_dies() {
    let presses: usize = setting("ALARM_CRASH_PRESSES", 60);
    let away = Duration::from_secs(setting("ALARM_CRASH_MAIL_AWAY", 10));
    let seed: u64 = setting("ALARM_CRASH_SEED", rand::rng().random());
    tell(format!("ALARM_CRASH_SEED={seed}"));
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let database = TestDb::fresh(Backend::Postgres);
    let mut mail = mail::server(folder.path()).started();
    let nodes = ["node-a", "node-b"].map(|name| node(name, &folder, &database, &mail).started());
    let addresses = [nodes[0].address, nodes[1].address];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();

    let people = runtime.block_on(person::register_all(presses, AT_ONCE, addresses[0]));
    tell(format!("{presses} people are there after {:.0?}", begun.elapsed()));
    widen_the_dangerous_moments(&database);
    let mut rng = StdRng::seed_from_u64(seed);
    let within = PRESSED_WITHIN.max(away + Duration::from_secs(5));
    let pressing = people.into_iter().map(|person| {
        let (after, first) = (within.mul_f64(rng.random()), rng.random_range(0..2));
        runtime.spawn(person.press(after, [addresses[first], addresses[1 - first]]))
    });
    let pressing: Vec<_> = pressing.collect();
    let mut storm = storm::rage(nodes, &mut mail, away, StdRng::seed_from_u64(!seed));
    let pressed: Vec<_> = pressing.into_iter().map(|press| runtime.block_on(press).unwrap()).collect();

    let until = Instant::now().max(storm.mail_is_back) + ACCEPTED_WITHIN;
    while Instant::now() < until && !verdict::is_complete(&pressed, &mail::accepted(folder.path())) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut wrong = verdict::judge(&pressed, &mail::accepted(folder.path()), &storm);
    let scene = Scene { runtime: &runtime, database: &database, folder: folder.path(), nodes: addresses };
    let answered = scene.answer(&pressed, &mut storm, rng);
    wrong.extend(scene.judge(&answered, &storm));
    let accepted = mail::accepted(folder.path());
    tell(format!(
        "{} presses, {} answers, {} letters, {} of them repeats, {} doubles, {} kills of nodes, {} of the mail server, {:.0?}",
        pressed.len(),
        answered.iter().filter(|one| one.at.is_some()).count(),
        accepted.len(),
        accepted.iter().filter(|letter| letter.kind == mail::Kind::Repeat).count(),
        verdict::doubles(&accepted),
        storm.node_kills,
        storm.mail_kills,
        begun.elapsed()
    ));
    let said: String = storm.nodes.iter().map(Program::said).collect();
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(storm.node_kills >= 4 && !said.contains("panicked"), "{} kills\n{said}", storm.node_kills);
    drop((storm, mail));
}

/// Also when the harness captures what is printed.
fn tell(words: impl Display) {
    std::io::stderr().write_all(format!("alarm_crash: {words}\n").as_bytes()).unwrap();
}

fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|raw| raw.parse().ok()).unwrap_or(otherwise)
}

fn node(name: &str, folder: &tempfile::TempDir, database: &TestDb, mail: &Program) -> Program {
    let settings = [
        ("DATABASE_URL", database.url()),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("ENCRYPTION_KEYS", "fedcba9876543210fedcba9876543210".to_owned()),
        ("EMAIL_HOST", "127.0.0.1".to_owned()),
        ("EMAIL_PORT", mail.address.port().to_string()),
        ("EMAIL_USE_TLS", "false".to_owned()),
        ("EMAIL_FROM", "care@example.com".to_owned()),
        ("ALARM_ANSWER_WAIT", "1".to_owned()),
        ("RATE_LIMITS", "off".to_owned()),
        ("LOG_LEVEL", "error".to_owned()),
    ];
    carebase(env!("CARGO_BIN_EXE_carebase"), name, folder.path(), settings)
}

/// From now on some time passes while a letter is stored, and between the mail server's word and the commit that keeps it: kills
/// hit these moments that would nearly always miss them.
fn widen_the_dangerous_moments(database: &TestDb) {
    let mut sql = database.sql();
    for statement in [
        "create function linger() returns trigger language plpgsql as $$ begin
             perform pg_sleep(tg_argv[0]::float);
             return new;
         end $$",
        "create trigger linger before insert on alarm_letters for each row execute function linger(0.03)",
        "create trigger linger before update on outbox for each row when (new.state = 'accepted')
             execute function linger(0.15)",
    ] {
        sql.run(statement).unwrap();
    }
}

/// Not a test: the mail server's process is this program, with this one asked for.
#[test]
#[ignore = "the mail server's process"]
fn mail_server() {
    mail::serve();
}

/// An answered press.
pub struct Pressed {
    pub person: Person,
    pub answered_at: std::time::SystemTime,
    pub messages: Vec<String>,
}
