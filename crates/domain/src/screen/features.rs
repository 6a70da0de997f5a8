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

/// The hash of each feature of a piece, as often as it is there.
pub(super) fn each_feature(piece: &[Token], mut each: impl FnMut(u32)) {
    let words = piece.iter().map(|token| token.word.as_str());
    let stems: Vec<&str> = std::iter::once(START).chain(words.clone().map(stem)).chain([END]).collect();
    for word in words {
        each(hash(&["w ", word]));
        let stem = stem(word);
        if stem.len() < word.len() {
            each(hash(&["s ", stem]));
        }
        each_part(word, &mut each);
    }
    if piece.is_empty() {
        return;
    }
    for (at, first) in stems.iter().enumerate() {
        let mut later = stems.iter().skip(at + 1);
        let Some(second) = later.next() else { break };
        each(hash(&["b ", first, " ", second]));
        if let Some(third) = stems.get(at + 2) {
            each(hash(&["t ", first, " ", second, " ", third]));
        }
        for near in later.take(NEAR - 1) {
            each(hash(&["k ", first, " ", near]));
        }
    }
}

/// With a mark at either end of the word.
fn each_part(word: &str, each: &mut impl FnMut(u32)) {
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    // Places are those of the letters between the two marks.
    let letters = ends.len() - 1;
    for length in PARTS {
        for first in 0..(letters + 3).saturating_sub(length) {
            let last = first + length;
            let (from, until) = (ends[first.saturating_sub(1)], ends[(last - 1).min(letters)]);
            let opens = if first == 0 { "_" } else { "" };
            let closes = if last == letters + 2 { "_" } else { "" };
            each(hash(&["c ", opens, word.get(from..until).unwrap_or_default(), closes]));
        }
    }
}

fn stem(word: &str) -> &str {
    word.char_indices().nth(STEM).map_or(word, |(at, _)| word.get(..at).unwrap_or(word))
}

/// Of a feature's name, as the file of weights has it.
pub(super) fn hash(parts: &[&str]) -> u32 {
    let hash = parts.iter().flat_map(|part| part.chars()).fold(0, hash_with);
    // The upper half: it depends on all letters.
    u32::try_from(hash >> 32).unwrap_or_default()
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
        .map(|name| hash(&[name]))
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
