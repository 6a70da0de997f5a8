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

/// The word with every run of three or more equal letters cut to `keep`; `None` if there is no such run.
pub(super) fn with_runs_cut(word: &str, keep: usize) -> Option<String> {
    let mut out = String::with_capacity(word.len());
    let (mut run, mut pending, mut is_cut) = (0, None, false);
    let end = |out: &mut String, letter: Option<char>, run: usize| {
        let kept = if run >= 3 { keep } else { run };
        out.extend(letter.into_iter().flat_map(|c| std::iter::repeat_n(c, kept)));
        run >= 3
    };
    for c in word.chars() {
        if pending != Some(c) {
            is_cut |= end(&mut out, pending, run);
            (pending, run) = (Some(c), 0);
        }
        run += 1;
    }
    is_cut |= end(&mut out, pending, run);
    is_cut.then_some(out)
}
