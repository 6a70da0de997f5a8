//! Nodes are killed and come back, and the mail server goes away once for long.
use crate::mail::{self, Accepted};
use rand::{RngExt, rngs::StdRng};
use std::{
    ops::Range,
    path::Path,
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use testing::Program;

/// Milliseconds.
const BETWEEN_KILLS: Range<u64> = 200..1_500;
const DEAD: Range<u64> = 0..400;
/// How long a killer waits for a letter, to strike when the mail server has just taken it.
const FOR_A_LETTER: Duration = Duration::from_secs(1);
const CALM_BEFORE: Duration = Duration::from_secs(4);
const STORM_AFTER: Duration = Duration::from_secs(3);

/// Between the mail server's line and the kill that keeps a node from storing it.
const CRASH_WINDOW_MICROS: u128 = 1_000_000;

pub struct Storm {
    pub nodes: [Program; 2],
    pub node_kills: usize,
    pub mail_kills: usize,
    /// Of a node or of the mail server, in microseconds since 1970.
    pub kills: Vec<u128>,
    pub mail_is_back: Instant,
    /// The same, in microseconds since 1970.
    pub mail_was_back: u128,
}

pub fn micros_now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}

pub fn rage(nodes: [Program; 2], mail: &mut Program, away: Duration, mut rng: StdRng) -> Storm {
    let now = Instant::now();
    let mut storm =
        Storm { nodes, node_kills: 0, mail_kills: 0, kills: vec![], mail_is_back: now, mail_was_back: 0 };
    let folder = mail.log.parent().unwrap().to_owned();
    storm.kill_nodes(&folder, CALM_BEFORE, &mut rng);
    mail.kill();
    storm.mail_kills += 1;
    storm.kills.push(micros_now());
    storm.kill_nodes(&folder, away, &mut rng);
    mail.start();
    (storm.mail_is_back, storm.mail_was_back) = (Instant::now(), micros_now());
    storm.kill_nodes(&folder, STORM_AFTER, &mut rng);
    storm
}

impl Storm {
    /// Only nodes die.
    pub fn go_on(&mut self, folder: &Path, during: Duration, mut rng: StdRng) {
        self.kill_nodes(folder, during, &mut rng);
    }

    /// The same message again and again, though nobody was killed meanwhile.
    pub fn doubles_without_crash(&self, to: &str, letters: &[&Accepted]) -> Vec<String> {
        let mut wrong = vec![];
        for (n, letter) in letters.iter().enumerate() {
            let Some(again) = letters[n + 1..].iter().find(|again| again.message_id == letter.message_id)
            else {
                continue;
            };
            let crash = letter.at.saturating_sub(CRASH_WINDOW_MICROS)..=letter.at + CRASH_WINDOW_MICROS;
            if !self.kills.iter().any(|kill| crash.contains(kill)) {
                wrong.push(format!(
                    "{to}: the same letter twice without a crash between, {letter:?}, {again:?}"
                ));
            }
        }
        wrong
    }

    fn kill_nodes(&mut self, folder: &Path, during: Duration, rng: &mut StdRng) {
        let until = Instant::now() + during;
        while Instant::now() < until {
            sleep(Duration::from_millis(rng.random_range(BETWEEN_KILLS)));
            if rng.random() {
                await_a_letter(folder);
            }
            let node = &mut self.nodes[rng.random_range(0..2)];
            node.kill();
            self.node_kills += 1;
            self.kills.push(micros_now());
            sleep(Duration::from_millis(rng.random_range(DEAD)));
            node.start();
        }
    }
}

/// The next one, or none if none comes.
fn await_a_letter(folder: &Path) {
    let (before, until) = (mail::length(folder), Instant::now() + FOR_A_LETTER);
    while mail::length(folder) == before && Instant::now() < until {
        sleep(Duration::from_millis(1));
    }
}
