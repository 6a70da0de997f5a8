//! Which words of the rules a word of a text is.
use super::{
    error::RuleError,
    hash::{PlainHash, hash_with},
    misspellings::Misspellings,
    pattern::{MAX_LETTERS, Word},
    text::Token,
};
use aho_corasick::AhoCorasick;
use std::collections::{HashMap, HashSet};

type Index = HashMap<u64, Vec<(String, u32)>, PlainHash>;

#[derive(Default)]
pub(super) struct Words {
    whole: Index,
    stems: Index,
    /// Bit n: a stem has n letters.
    stem_lengths: u64,
    parts: Option<AhoCorasick>,
    part_symbols: Vec<u32>,
    number: Option<u32>,
    misspellings: Misspellings,
    correct: HashSet<String>,
}

impl Words {
    /// # Errors
    /// [`RuleError::Index`] if there are too many parts of words.
    pub(super) fn new(words: &[(Word, u32)], correct: HashSet<String>) -> Result<Self, RuleError> {
        let mut index = Self { correct, ..Self::default() };
        let mut parts = Vec::new();
        for (word, symbol) in words {
            match word {
                Word::Whole { letters, is_fuzzy } => index.add(letters, false, *is_fuzzy, *symbol),
                Word::Stem { letters, is_fuzzy } => index.add(letters, true, *is_fuzzy, *symbol),
                Word::Part(letters) => {
                    parts.push(letters.as_str());
                    index.part_symbols.push(*symbol);
                }
                Word::Number => index.number = Some(*symbol),
            }
        }
        if !parts.is_empty() {
            let automaton = AhoCorasick::new(parts).map_err(|error| RuleError::Index(error.to_string()))?;
            index.parts = Some(automaton);
        }
        Ok(index)
    }
    fn add(&mut self, letters: &str, is_stem: bool, is_fuzzy: bool, symbol: u32) {
        let hash = letters.chars().fold(0, hash_with);
        let index = if is_stem { &mut self.stems } else { &mut self.whole };
        index.entry(hash).or_default().push((letters.to_owned(), symbol));
        if is_stem {
            self.stem_lengths |= 1 << letters.chars().count();
        }
        if is_fuzzy {
            self.misspellings.add(letters, is_stem, symbol);
        }
    }
    /// The symbols of the words that this one is, each once, in order.
    pub(super) fn find(&self, token: &Token) -> Vec<u32> {
        let mut found = Vec::new();
        self.find_word(&token.word, &mut found);
        if let Some(doubled) = &token.doubled {
            self.find_word(doubled, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
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
                let start = &word[..at + c.len_utf8()];
                found.extend(symbols(&self.stems, hash, start));
            }
        }
        found.extend(symbols(&self.whole, hash, word));
        if found.len() == known && !self.correct.contains(word) {
            self.find_misspelt(word, found);
        }
        if let Some(parts) = &self.parts {
            let patterns = parts.find_overlapping_iter(word).map(|part| part.pattern().as_usize());
            found.extend(patterns.filter_map(|part| self.part_symbols.get(part)));
            found.sort_unstable();
            found.dedup();
        }
    }
    fn find_misspelt(&self, word: &str, found: &mut Vec<u32>) {
        let letters: Vec<char> = word.chars().take(2 * MAX_LETTERS).collect();
        self.misspellings.find(&letters, found);
    }
}

fn symbols(index: &Index, hash: u64, word: &str) -> impl Iterator<Item = u32> {
    index.get(&hash).into_iter().flatten().filter(move |entry| entry.0 == word).map(|entry| entry.1)
}
