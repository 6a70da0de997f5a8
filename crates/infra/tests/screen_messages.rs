//! How often the crisis screen speaks without need in long messages, and whether it finds the one sentence of danger in them.
//!
//! `--nocapture` shows the figures and the misses.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; its figures are for reading"
)]
use domain::screen::Level;

const ENGLISH: &str = include_str!("../../../seeds/crisis/messages/en.tsv");
const RUSSIAN: &str = include_str!("../../../seeds/crisis/messages/ru.tsv");

fn measure(language: &str, file: &str) {
    let screen = infra::screen::load_screen().unwrap();
    let (mut danger, mut noticed, mut dangers) = (0, 0, 0);
    let (mut false_danger, mut false_alarms, mut harmless) = (0, 0, 0);
    for line in file.lines() {
        let (label, text) = line.split_once('\t').unwrap();
        let given = screen.of_message(text).level;
        if label == "danger" {
            dangers += 1;
            danger += u32::from(given == Level::Danger);
            noticed += u32::from(given > Level::None);
        } else {
            harmless += 1;
            false_danger += u32::from(given == Level::Danger);
            false_alarms += u32::from(given > Level::None);
        }
    }
    println!("{language}: danger found {danger}/{dangers}, as danger or worry {noticed}/{dangers}");
    println!(
        "{language}: harmless called danger {false_danger}/{harmless}, anything {false_alarms}/{harmless}"
    );
}

#[test]
fn a_long_message_is_judged_by_what_it_says() {
    measure("English", ENGLISH);
    measure("Russian", RUSSIAN);
}
