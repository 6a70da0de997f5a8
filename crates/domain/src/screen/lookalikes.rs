//! Letters that stand for others: of the other script, and repeated for emphasis.

/// Latin and Cyrillic letters that look the same, after lower-casing.
const PAIRS: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('i', 'і'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('u', 'и'),
    ('x', 'х'),
    ('y', 'у'),
];

/// A word of both scripts, in the one that has letters the other lacks; else in the one of most of its letters.
pub(super) fn in_one_script(word: String) -> String {
    if word.is_ascii() {
        return word;
    }
    let is_cyrillic = |c: &char| matches!(c, '\u{400}'..='\u{4ff}');
    let latin = weight(word.chars().filter(char::is_ascii_alphabetic), to_cyrillic);
    let cyrillic = weight(word.chars().filter(is_cyrillic), to_latin);
    if latin.1 == 0 || cyrillic.1 == 0 {
        return word;
    }
    word.chars().map(if cyrillic >= latin { to_cyrillic } else { to_latin }).collect()
}

/// How many of the letters are of this script alone, and how many they are.
fn weight(letters: impl Iterator<Item = char>, to_other: fn(char) -> char) -> (usize, usize) {
    letters.fold((0, 0), |(alone, all), c| (alone + usize::from(to_other(c) == c), all + 1))
}

fn to_cyrillic(c: char) -> char {
    PAIRS.iter().find(|pair| pair.0 == c).map_or(c, |pair| pair.1)
}

fn to_latin(c: char) -> char {
    PAIRS.iter().find(|pair| pair.1 == c).map_or(c, |pair| pair.0)
}

/// From how many equal letters in a row on they are there for emphasis.
const RUN: usize = 3;

/// The word with every run of three or more equal letters cut to `keep`; `None` if there is no such run.
pub(super) fn with_runs_cut(word: &str, keep: usize) -> Option<String> {
    has_run(word).then(|| {
        let mut out = String::with_capacity(word.len());
        let mut rest = word.chars().peekable();
        while let Some(letter) = rest.next() {
            let mut run = 1;
            while rest.next_if_eq(&letter).is_some() {
                run += 1;
            }
            out.extend(std::iter::repeat_n(letter, if run < RUN { run } else { keep }));
        }
        out
    })
}

/// Most words have none, and are not copied.
fn has_run(word: &str) -> bool {
    let (mut last, mut run) = (None, 0);
    word.chars().any(|letter| {
        run = if last.replace(letter) == Some(letter) { run + 1 } else { 1 };
        run >= RUN
    })
}
