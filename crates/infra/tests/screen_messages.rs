//! How often the crisis screen speaks without need in long messages, and whether it finds the one sentence of danger in them.
//!
//! `--nocapture` shows the figures.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; its figures are for reading"
)]
use domain::screen::Level;

const ENGLISH: &str = include_str!("../../../seeds/crisis/messages/en.tsv");
const RUSSIAN: &str = include_str!("../../../seeds/crisis/messages/ru.tsv");

/// Of fifty. To be raised with rules and weights.
const MIN_DANGER_FOUND: usize = 49;
/// Of a hundred. To be lowered with them.
const MAX_FALSE_DANGER: usize = 10;
const MAX_FALSE_ALARMS: usize = 31;

fn texts<'a>(file: &'a str, label: &str) -> Vec<&'a str> {
    let messages = file.lines().map(|line| line.split_once('\t').unwrap());
    messages.filter(|message| message.0 == label).map(|message| message.1).collect()
}

/// How many messages with this label are given at least this level, and how many there are.
fn given(file: &str, label: &str, level: Level) -> (usize, usize) {
    let (screen, texts) = (infra::screen::load_screen().unwrap(), texts(file, label));
    (texts.iter().filter(|text| screen.of_message(text).level >= level).count(), texts.len())
}

fn check(language: &str, file: &str) {
    let danger = given(file, "danger", Level::Danger);
    let false_danger = given(file, "none", Level::Danger);
    let false_alarms = given(file, "none", Level::Worry);
    println!(
        "{language}: danger found {danger:?}, given for none {false_danger:?}, anything {false_alarms:?}"
    );
    assert!(danger.1 == 50 && danger.0 >= MIN_DANGER_FOUND, "{language}: {danger:?}");
    assert!(false_danger.1 == 100 && false_danger.0 <= MAX_FALSE_DANGER, "{language}: {false_danger:?}");
    assert!(false_alarms.0 <= MAX_FALSE_ALARMS, "{language}: {false_alarms:?}");
}

/// A whole diary: five harmless messages, and in the middle the sentences of one of danger.
fn found_in_a_diary(file: &str) -> (usize, usize) {
    let screen = infra::screen::load_screen().unwrap();
    let (harmless, dangers) = (texts(file, "none"), texts(file, "danger"));
    let diaries = dangers.iter().enumerate().map(|(at, danger)| {
        let around: Vec<_> = harmless.iter().cycle().skip(at * 2).take(5).copied().collect();
        format!("{}\n{danger}\n{}", around[..3].join("\n"), around[3..].join("\n"))
    });
    (diaries.filter(|text| screen.of_message(text).level == Level::Danger).count(), dangers.len())
}

#[test]
fn a_danger_is_found_in_a_diary() {
    for (language, file) in [("English", ENGLISH), ("Russian", RUSSIAN)] {
        let found = found_in_a_diary(file);
        println!("{language}, in a diary: danger found {found:?}");
        assert!(found.1 == 50 && found.0 >= MIN_DANGER_FOUND, "{language}: {found:?}");
    }
}

#[test]
fn a_long_message_is_judged_by_what_it_says() {
    check("English", ENGLISH);
    check("Russian", RUSSIAN);
}
