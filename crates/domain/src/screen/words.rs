//! Which words of the rules a word of a text is.
use super::{
    bits::Bits,
    buckets::Buckets,
    error::RuleError,
    hash::hash_with,
    misspellings::Misspellings,
    pattern::{MAX_LETTERS, Word},
    text::{Span, Token},
};
use aho_corasick::AhoCorasick;
use std::collections::HashSet;

pub(super) struct Words {
    whole: Index,
    stems: Index,
    /// Bit n: a stem has n letters.
    stem_lengths: u64,
    parts: Option<AhoCorasick>,
    part_symbols: Vec<u32>,
    number: Option<u32>,
    misspellings: Misspellings,
    correct: Index,
}

impl Words {
    /// # Errors
    /// [`RuleError::Index`] if there are too many parts of words.
    pub(super) fn new(words: &[(Word, u32)], correct: HashSet<String>) -> Result<Self, RuleError> {
        let (mut whole, mut stems, mut fuzzy) = (Vec::new(), Vec::new(), Vec::new());
        let (mut parts, mut part_symbols, mut number) = (Vec::new(), Vec::new(), None);
        for (word, symbol) in words {
            match word {
                Word::Whole { letters, is_fuzzy } => {
                    whole.push((letters.as_str(), *symbol));
                    fuzzy.extend(is_fuzzy.then_some((letters.as_str(), false, *symbol)));
                }
                Word::Stem { letters, is_fuzzy } => {
                    stems.push((letters.as_str(), *symbol));
                    fuzzy.extend(is_fuzzy.then_some((letters.as_str(), true, *symbol)));
                }
                Word::Part(letters) => {
                    parts.push(letters.as_str());
                    part_symbols.push(*symbol);
                }
                Word::Number => number = Some(*symbol),
            }
        }
        let stem_lengths = stems.iter().fold(0, |lengths, (stem, _)| lengths | 1 << stem.chars().count());
        let automaton = |parts| AhoCorasick::new(parts).map_err(|error| RuleError::Index(error.to_string()));
        let parts = (!parts.is_empty()).then(|| automaton(parts)).transpose()?;
        let correct: Vec<_> = correct.iter().map(|word| (word.as_str(), 0)).collect();
        let (whole, stems, correct) = (Index::new(&whole), Index::new(&stems), Index::new(&correct));
        let misspellings = Misspellings::new(fuzzy.into_iter());
        Ok(Self { whole, stems, stem_lengths, parts, part_symbols, number, misspellings, correct })
    }
    /// What each word of a text is.
    pub(super) fn find(&self, tokens: &[Token]) -> Known {
        let mut known = Known { symbols: Vec::new(), spans: Vec::with_capacity(tokens.len()) };
        let mut found = Vec::new();
        for token in tokens {
            self.find_word(&token.word, &mut found);
            if let Some(doubled) = &token.doubled {
                self.find_word(doubled, &mut found);
            }
            found.sort_unstable();
            found.dedup();
            let start = known.symbols.len();
            known.symbols.append(&mut found);
            known.spans.push(Span { start, end: known.symbols.len() });
        }
        known
    }
    fn find_word(&self, word: &str, found: &mut Vec<u32>) {
        if word.starts_with(char::is_numeric) {
            found.extend(self.number);
        }
        let known = found.len();
        let mut hash = 0;
        for (index, (at, c)) in word.char_indices().enumerate() {
            hash = hash_with(hash, c);
            if index < MAX_LETTERS && self.stem_lengths & (1 << (index + 1)) != 0 {
                found.extend(self.stems.get(hash, &word[..at + c.len_utf8()]));
            }
        }
        found.extend(self.whole.get(hash, word));
        if found.len() == known && self.correct.get(hash, word).next().is_none() {
            self.find_misspelt(word, found);
        }
        if let Some(parts) = &self.parts {
            let patterns = parts.find_overlapping_iter(word).map(|part| part.pattern().as_usize());
            found.extend(patterns.filter_map(|part| self.part_symbols.get(part)));
        }
    }
    fn find_misspelt(&self, word: &str, found: &mut Vec<u32>) {
        let mut letters = ['\0'; 2 * MAX_LETTERS];
        let count = letters.iter_mut().zip(word.chars()).map(|(place, letter)| *place = letter).count();
        self.misspellings.find(&letters[..count], found);
    }
}

/// Of each word of a text, the symbols of the words of the rules that it is, each once, in order.
pub(super) struct Known {
    symbols: Vec<u32>,
    spans: Vec<Span>,
}

impl Known {
    pub(super) fn is_nothing(&self) -> bool {
        self.symbols.is_empty()
    }
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &[u32]> + ExactSizeIterator {
        self.spans.iter().map(|span| &self.symbols[span.start..span.end])
    }
    /// As if no rule knew these words.
    pub(super) fn forget(&mut self, words: Span) {
        let spans = self.spans.iter_mut().take(words.end).skip(words.start);
        spans.for_each(|span| *span = Span::default());
    }
}

/// Words with their symbols, in the order of their hashes.
struct Index {
    entries: Vec<(u64, Box<str>, u32)>,
    bits: Bits,
    buckets: Buckets,
}

impl Index {
    fn new(words: &[(&str, u32)]) -> Self {
        let entry = |&(word, symbol): &(&str, u32)| (word.chars().fold(0, hash_with), word.into(), symbol);
        let mut entries: Vec<_> = words.iter().map(entry).collect();
        entries.sort_unstable_by_key(|entry| entry.0);
        let hashes = || entries.iter().map(|entry| entry.0);
        Self { bits: Bits::of(hashes()), buckets: Buckets::of(hashes()), entries }
    }
    fn get(&self, hash: u64, word: &str) -> impl Iterator<Item = u32> {
        let range = if self.bits.may_hold(hash) { self.buckets.range(hash) } else { 0..0 };
        let same = self.entries[range].iter().filter(move |entry| entry.0 == hash && &*entry.1 == word);
        same.map(|entry| entry.2)
    }
}
