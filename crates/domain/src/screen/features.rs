//! What of a text is weighed: words and their beginnings, words that stand near each other, and the letters inside words, which
//! survive misspelling. `seeds/crisis/train.py` reads the same from the same words.
use super::{hash::hash_with, text::Token};

/// Letters of a beginning. In Russian most of what follows is grammar.
const STEM: usize = 5;
/// How many places apart two words still are near each other.
const NEAR: usize = 8;
/// Letters of the parts of words.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
const START: &str = "^";
const END: &str = "$";

/// The hash of each feature of a piece, as often as it is there. Hashes grow letter by letter: what features begin with in common is
/// hashed once.
pub(super) fn each_feature(piece: &[Token], mut each: impl FnMut(u32)) {
    if piece.is_empty() {
        return;
    }
    let words = piece.iter().map(|token| token.word.as_str());
    let stems: Vec<&str> = std::iter::once(START).chain(words.clone().map(stem)).chain([END]).collect();
    for word in words {
        each(end(grown(0, "w ", word)));
        let stem = stem(word);
        if stem.len() < word.len() {
            each(end(grown(0, "s ", stem)));
        }
        each_part(word, &mut each);
    }
    for (at, first) in stems.iter().enumerate() {
        let mut later = stems.iter().skip(at + 1);
        let Some(second) = later.next() else { break };
        each(end(grown(grown(0, "b ", first), " ", second)));
        if let Some(third) = stems.get(at + 2) {
            each(end(grown(grown(grown(0, "t ", first), " ", second), " ", third)));
        }
        let near_first = grown(0, "k ", first);
        later.take(NEAR - 1).for_each(|near| each(end(grown(near_first, " ", near))));
    }
}

/// With a mark at either end of the word.
fn each_part(word: &str, each: &mut impl FnMut(u32)) {
    let none = grown(0, "c ", "");
    let marked = || std::iter::once('_').chain(word.chars()).chain(['_']);
    for first in 0..word.chars().count() {
        let mut part = none;
        for (at, letter) in marked().skip(first).take(*PARTS.end()).enumerate() {
            part = hash_with(part, letter);
            if PARTS.contains(&(at + 1)) {
                each(end(part));
            }
        }
    }
}

fn stem(word: &str) -> &str {
    word.char_indices().nth(STEM).map_or(word, |(at, _)| word.get(..at).unwrap_or(word))
}

fn grown(hash: u64, between: &str, more: &str) -> u64 {
    between.chars().chain(more.chars()).fold(hash, hash_with)
}

/// The upper half: it depends on all letters.
fn end(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// Of a feature's name, as the file of weights has it.
pub(super) fn hash(name: &str) -> u32 {
    end(grown(0, "", name))
}

#[cfg(test)]
mod tests {
    use super::{super::text::tokens, *};
    use std::collections::BTreeSet;

    #[test]
    fn the_features_of_a_piece_are_those_that_the_weights_name() {
        let mut found = vec![];
        each_feature(&tokens("не хочется"), |feature| found.push(feature));
        let named: Vec<_> = [
            "w не",
            "w хочется",
            "s хочет",
            "b ^ не",
            "b не хочет",
            "b хочет $",
            "t ^ не хочет",
            "t не хочет $",
            "k ^ хочет",
            "k ^ $",
            "k не $",
            "c _не",
            "c не_",
            "c _не_",
            "c _хо",
            "c хоч",
            "c оче",
            "c чет",
            "c ется",
            "c ся_",
            "c _хоч",
            "c ется_",
        ]
        .iter()
        .map(|name| hash(name))
        .collect();
        let found_set: BTreeSet<_> = found.iter().copied().collect();
        for (name, hash) in named.iter().enumerate() {
            assert!(found_set.contains(hash), "feature {name}");
        }
        // 2 words, 1 beginning, 3 + 2 + 3 neighbours, 3 parts of the one word and 7 + 6 + 5 of the other.
        assert_eq!(found.len(), 2 + 1 + 8 + 3 + 18);
    }

    #[test]
    fn nothing_has_no_features() {
        each_feature(&[], |_| panic!("nothing was found"));
    }
}
