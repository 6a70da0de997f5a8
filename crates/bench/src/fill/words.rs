//! What people are called and what they write, of believable length.
use rand::{RngExt, rngs::StdRng};

const FIRST: [&str; 12] =
    ["Sarah", "Marta", "Вера", "Henrik", "Ines", "Игорь", "Ана", "Tomás", "Лидия", "Paul", "Noor", "Кира"];
const LAST: [&str; 12] = [
    "Connor",
    "Lindqvist",
    "Липатова",
    "Osterman",
    "Calloway",
    "Орлов",
    "Петровић",
    "Ferreira",
    "Чехова",
    "Okafor",
    "Haddad",
    "Зимина",
];
const SAID: [&str; 24] = [
    "worse",
    "after",
    "the walk",
    "since",
    "morning",
    "a little",
    "better",
    "today",
    "pulling",
    "down to",
    "the knee",
    "could not",
    "sleep",
    "took",
    "half a pill",
    "боль",
    "утром",
    "сильнее",
    "после",
    "работы",
    "немного",
    "легче",
    "к вечеру",
    "устала",
];

pub(super) fn first(rng: &mut StdRng) -> &'static str {
    pick(rng, &FIRST)
}

pub(super) fn last(rng: &mut StdRng) -> &'static str {
    pick(rng, &LAST)
}

/// Between a few words and two lines.
pub(super) fn sentence(rng: &mut StdRng) -> String {
    let words = rng.random_range(3..16);
    (0..words).map(|_| pick(rng, &SAID)).collect::<Vec<_>>().join(" ")
}

pub(super) fn pick(rng: &mut StdRng, words: &[&'static str]) -> &'static str {
    words.get(rng.random_range(0..words.len())).copied().unwrap_or_default()
}
