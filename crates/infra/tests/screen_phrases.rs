//! How much the crisis screen finds in the phrases that were written before its first rule, and how often it speaks without need.
//!
//! `--nocapture` shows the figures, and the misses of the open phrases. Those of the held-out third are shown only with
//! `SCREEN_SHOW_HELD_OUT=1`, when the rules are done: who writes rules must not see them (`seeds/crisis/phrases/README.md`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; its figures are for reading"
)]
use domain::screen::{Level, Screen};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const ENGLISH: &str = include_str!("../../../seeds/crisis/phrases/en.toml");
const RUSSIAN: &str = include_str!("../../../seeds/crisis/phrases/ru.toml");

/// What must be reached, in thousandths, of the open and of the held-out phrases alike. To be raised with rules and weights.
const MIN_DANGER_FOUND: usize = 900;
const MIN_WORRY_FOUND: usize = 900;
/// Of the dangers that are found by themselves.
const MIN_FOUND_BESIDE: usize = 910;
/// What must not be exceeded, in thousandths. To be lowered with them.
const MAX_FALSE_DANGER: usize = 95;
const MAX_FALSE_ALARMS: usize = 160;

#[derive(Deserialize)]
struct Phrases {
    phrase: Vec<Phrase>,
}

#[derive(Deserialize)]
struct Phrase {
    text: String,
    level: Wanted,
    kind: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Danger,
    Worry,
    None,
}

impl Phrase {
    fn is_held_out(&self) -> bool {
        let first =
            Sha256::digest(&self.text)[..8].iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
        first % 3 == 2
    }
}

/// How many of how many.
#[derive(Default)]
struct Share {
    hits: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, is_hit: bool) {
        self.hits += usize::from(is_hit);
        self.all += 1;
    }
    fn per_mille(&self) -> usize {
        self.hits * 1000 / self.all.max(1)
    }
    fn shown(&self) -> String {
        format!("{}/{} ({:.1} %)", self.hits, self.all, self.per_mille() as f64 / 10.0)
    }
}

#[derive(Default)]
struct Figures {
    danger_found: Share,
    danger_noticed: Share,
    worry_found: Share,
    false_danger: Share,
    false_alarms: Share,
    misses: String,
}

impl Figures {
    fn of<'a>(screen: &Screen, phrases: impl Iterator<Item = &'a Phrase>) -> Self {
        let mut figures = Self::default();
        phrases.for_each(|phrase| figures.count(screen, phrase));
        figures
    }
    fn count(&mut self, screen: &Screen, phrase: &Phrase) {
        let given = screen.of_message(&phrase.text);
        let is_right = match phrase.level {
            Wanted::Danger => {
                self.danger_found.count(given.level == Level::Danger);
                self.danger_noticed.count(given.level >= Level::Worry);
                given.level == Level::Danger
            }
            Wanted::Worry => {
                self.worry_found.count(given.level >= Level::Worry);
                given.level == Level::Worry
            }
            Wanted::None => {
                self.false_danger.count(given.level == Level::Danger);
                self.false_alarms.count(given.level != Level::None);
                given.level == Level::None
            }
        };
        if !is_right {
            let (wanted, by) = (phrase.level.name(), given.kind.unwrap_or("nothing"));
            let (level, kind, text) = (given.level, &phrase.kind, &phrase.text);
            writeln!(self.misses, "  {wanted} {kind}: {level:?} by {by}: {text}").unwrap();
        }
    }
    fn show(&self, name: &str, with_misses: bool) {
        println!("{name}: danger found {}", self.danger_found.shown());
        println!("{name}: danger found, as worry or danger {}", self.danger_noticed.shown());
        println!("{name}: worry found, as worry or danger {}", self.worry_found.shown());
        println!("{name}: danger given for none {}", self.false_danger.shown());
        println!("{name}: anything given for none {}", self.false_alarms.shown());
        if with_misses {
            println!("{}", self.misses);
        }
    }
    fn check(&self, name: &str) {
        for (found, floor) in [(&self.danger_found, MIN_DANGER_FOUND), (&self.worry_found, MIN_WORRY_FOUND)] {
            assert!(found.all > 0 && found.per_mille() >= floor, "{name}: {} of {floor} ‰", found.shown());
        }
        for (found, most) in [(&self.false_danger, MAX_FALSE_DANGER), (&self.false_alarms, MAX_FALSE_ALARMS)]
        {
            assert!(found.all > 0 && found.per_mille() <= most, "{name}: {} of {most} ‰", found.shown());
        }
    }
}

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Worry => "worry",
            Self::None => "none",
        }
    }
}

fn measure(language: &str, file: &str) {
    let screen = infra::screen::load_screen().unwrap();
    let phrases = toml::from_str::<Phrases>(file).unwrap().phrase;
    let shows_held_out = std::env::var("SCREEN_SHOW_HELD_OUT").is_ok_and(|value| value == "1");
    for (part, is_held_out, with_misses) in [("open", false, true), ("held out", true, shows_held_out)] {
        let figures =
            Figures::of(&screen, phrases.iter().filter(|phrase| phrase.is_held_out() == is_held_out));
        let name = format!("{language}, {part}");
        figures.show(&name, with_misses);
        figures.check(&name);
    }
}

/// Each phrase of danger that was held out, before and behind each tenth harmless one: who writes of it seldom writes of nothing else.
fn found_beside_harmless(language: &str, file: &str) {
    let screen = infra::screen::load_screen().unwrap();
    let held_out = toml::from_str::<Phrases>(file).unwrap().phrase;
    let held_out: Vec<_> = held_out.into_iter().filter(Phrase::is_held_out).collect();
    let (mut before, mut behind) = (Share::default(), Share::default());
    let of = |level| held_out.iter().filter(move |phrase| phrase.level == level);
    for danger in of(Wanted::Danger).filter(|phrase| screen.of_message(&phrase.text).level == Level::Danger) {
        for harmless in of(Wanted::None).step_by(10) {
            let (danger, harmless) = (&danger.text, &harmless.text);
            before.count(screen.of_message(&format!("{danger}\n{harmless}")).level == Level::Danger);
            behind.count(screen.of_message(&format!("{harmless}\n{danger}")).level == Level::Danger);
        }
    }
    println!("{language}, held out: danger found before a harmless phrase {}", before.shown());
    println!("{language}, held out: danger found behind a harmless phrase {}", behind.shown());
    for share in [before, behind] {
        let shown = share.shown();
        assert!(share.per_mille() >= MIN_FOUND_BESIDE, "{language}: {shown} of {MIN_FOUND_BESIDE} ‰");
    }
}

#[test]
fn a_danger_is_found_beside_a_harmless_phrase() {
    found_beside_harmless("English", ENGLISH);
    found_beside_harmless("Russian", RUSSIAN);
}

#[test]
fn the_english_phrases_are_judged_well_enough() {
    measure("English", ENGLISH);
}

#[test]
fn the_russian_phrases_are_judged_well_enough() {
    measure("Russian", RUSSIAN);
}

#[test]
fn the_phrases_are_as_they_were_before_the_first_rule() {
    for (file, expected) in [
        (ENGLISH, "de7e005e2615c918af8c329ee1fa6c813261093f32108bc271eaae74298f4751"),
        (RUSSIAN, "dd7bf43afc8810c271de6f9ecabdb77a2b24fc0fa792e6c95c22f04ca73e54a3"),
    ] {
        let digest = Sha256::digest(file).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(digest, expected);
    }
}
