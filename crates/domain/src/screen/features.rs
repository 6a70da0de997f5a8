//! What of a text is weighed: words and their beginnings, words that stand near each other, and the letters inside words, which
//! survive misspelling. `seeds/crisis/train.py` reads the same from the same words.
use super::{
    hash::{hash_with, joined, upper_half},
    segments::segments,
    text::Token,
};

/// Letters of a beginning. In Russian most of what follows is grammar.
const STEM: usize = 5;
/// How many places apart two words still are near each other.
const NEAR: usize = 8;
/// Letters of the parts of words.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
const START: char = '^';
const END: char = '$';
/// Stands at either end of a word of which parts are taken.
const EDGE: char = '_';

/// Of a text, piece by piece: hashed once, and looked up in the weights of each language.
#[derive(Default)]
pub(super) struct Features {
    hashes: Vec<u32>,
    /// Behind the hashes of each piece.
    ends: Vec<usize>,
}

impl Features {
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut features = Self::default();
        for segment in segments(tokens) {
            let piece = tokens.get(segment.start..segment.end).unwrap_or_default();
            each_feature(piece, |hash| features.hashes.push(hash));
            features.ends.push(features.hashes.len());
        }
        features
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.hashes[start..end])
    }
}

/// The hash of each feature of a piece, as often as it is there: what its words are hashed to is hashed again, in their order.
fn each_feature(piece: &[Token], mut each: impl FnMut(u32)) {
    if piece.is_empty() {
        return;
    }
    let [word, stem, pair, three, near, part] =
        ['w', 's', 'b', 't', 'k', 'c'].map(|kind| joined(0, hash_with(0, kind)));
    let mut stems = vec![hash_with(0, START)];
    let mut letters = Vec::new();
    for token in piece {
        let (stem_hash, hash) = hashes(&token.word);
        each(upper_half(joined(word, hash)));
        if stem_hash != hash {
            each(upper_half(joined(stem, stem_hash)));
        }
        stems.push(stem_hash);
        letters.clear();
        letters.push(EDGE);
        letters.extend(token.word.chars());
        letters.push(EDGE);
        each_part(&letters, |hash| each(upper_half(joined(part, hash))));
    }
    stems.push(hash_with(0, END));
    for (at, &first) in stems.iter().enumerate() {
        let Some((&second, later)) = stems[at + 1..].split_first() else { break };
        each(upper_half(joined(joined(pair, first), second)));
        if let Some(&third) = later.first() {
            each(upper_half(joined(joined(joined(three, first), second), third)));
        }
        let near = joined(near, first);
        later.iter().take(NEAR - 1).for_each(|&other| each(upper_half(joined(near, other))));
    }
}

/// Of a word's beginning, and of all of it.
fn hashes(word: &str) -> (u64, u64) {
    let mut letters = word.chars();
    let stem = letters.by_ref().take(STEM).fold(0, hash_with);
    (stem, letters.fold(stem, hash_with))
}

fn each_part(letters: &[char], mut each: impl FnMut(u64)) {
    for first in 0..letters.len() {
        let mut hash = 0;
        for (at, &letter) in letters[first..].iter().take(*PARTS.end()).enumerate() {
            hash = hash_with(hash, letter);
            if PARTS.contains(&(at + 1)) {
                each(hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{hash::of_feature, text::tokens},
        *,
    };
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
        .map(|name| of_feature(name))
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
