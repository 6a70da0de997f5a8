//! Words that are one edit away from a word of the rules: a letter more, fewer or other, or two neighbours exchanged.
//!
//! Two words that are one edit apart become equal if at most one letter is deleted from each. So every word is indexed under itself
//! and under itself without each of its letters, and a look-up costs a few hundred hashes whatever the number of words.
use super::{
    hash::{PlainHash, hash_with},
    pattern::MAX_LETTERS,
};
use std::collections::HashMap;

/// Longer words of a text are looked up by their beginning only, so that one without spaces costs no more.
const MAX_WORD: usize = MAX_LETTERS + 1;

struct Entry {
    letters: Vec<char>,
    is_stem: bool,
    symbol: u32,
}

#[derive(Default)]
pub(super) struct Misspellings {
    entries: Vec<Entry>,
    keys: HashMap<u64, Vec<u32>, PlainHash>,
    /// Bit n: a stem has a key of n letters.
    stem_lengths: u64,
    shortest: usize,
}

impl Misspellings {
    pub(super) fn add(&mut self, word: &str, is_stem: bool, symbol: u32) {
        let letters: Vec<char> = word.chars().collect();
        let entry = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.shortest =
            if self.entries.is_empty() { letters.len() } else { self.shortest.min(letters.len()) };
        if is_stem {
            self.stem_lengths |= 1 << letters.len() | 1 << (letters.len() - 1);
        }
        for skipped in 0..=letters.len() {
            let kept = letters.iter().enumerate().filter(|&(at, _)| at != skipped).map(|(_, &c)| c);
            let under = self.keys.entry(kept.fold(0, hash_with)).or_default();
            if under.last() != Some(&entry) {
                under.push(entry);
            }
        }
        self.entries.push(Entry { letters, is_stem, symbol });
    }
    /// The symbols of the words that this one misspells, with repetitions.
    pub(super) fn find(&self, letters: &[char], found: &mut Vec<u32>) {
        if self.entries.is_empty() || letters.len() + 1 < self.shortest {
            return;
        }
        let is_whole = letters.len() <= MAX_WORD;
        let letters = &letters[..letters.len().min(MAX_WORD)];
        for skipped in 0..=letters.len() {
            let (mut hash, mut length) = (0, 0);
            for (at, &c) in letters.iter().enumerate().filter(|&(at, _)| at != skipped) {
                hash = hash_with(hash, c);
                length += 1;
                let is_last = at + 1 == letters.len() || (skipped + 1 == letters.len() && at + 1 == skipped);
                if self.stem_lengths & (1 << length) != 0 || (is_last && is_whole) {
                    self.verify(hash, letters, found);
                }
            }
        }
    }
    fn verify(&self, hash: u64, letters: &[char], found: &mut Vec<u32>) {
        let entries = self.keys.get(&hash).into_iter().flatten();
        let entries = entries.filter_map(|&entry| self.entries.get(entry as usize));
        found.extend(entries.filter(|entry| entry.is_misspelt_as(letters)).map(|entry| entry.symbol));
    }
}

impl Entry {
    fn is_misspelt_as(&self, word: &[char]) -> bool {
        if !self.is_stem {
            return is_one_edit(word, &self.letters);
        }
        // The last letter has to be right: a stem without it would be a shorter stem, of other words too.
        let length = self.letters.len();
        (length - 1..=length + 1).any(|end| {
            word.get(..end)
                .is_some_and(|start| start.last() == self.letters.last() && is_one_edit(start, &self.letters))
        })
    }
}

fn is_one_edit(a: &[char], b: &[char]) -> bool {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - suffix], &b[..b.len() - suffix]) {
        ([], [] | [_]) | ([_], [] | [_]) => true,
        ([x, y], [p, q]) => x == q && y == p,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_with_one_edit_and_not_with_two() {
        let mut misspellings = Misspellings::default();
        misspellings.add("hopeless", false, 1);
        let find = |word: &str| {
            let mut found = Vec::new();
            misspellings.find(&word.chars().collect::<Vec<_>>(), &mut found);
            found.contains(&1)
        };
        for word in
            ["hopeles", "opeless", "hopelless", "hopelesss", "xhopeless", "hobeless", "hoepless", "hopelses"]
        {
            assert!(find(word), "{word}");
        }
        for word in ["hopels", "hobelesss", "hopelessly2", "home", "", "h"] {
            assert!(!find(word), "{word}");
        }
    }
    #[test]
    fn a_stem_is_found_with_one_edit_before_its_last_letter() {
        let mut misspellings = Misspellings::default();
        misspellings.add("suffering", true, 1);
        let find = |word: &str| {
            let mut found = Vec::new();
            misspellings.find(&word.chars().collect::<Vec<_>>(), &mut found);
            found.contains(&1)
        };
        for word in ["sufferings", "sufering", "suferings", "suffferings", "sufefrings"] {
            assert!(find(word), "{word}");
        }
        for word in ["suffer", "sufferin", "sufferinx"] {
            assert!(!find(word), "{word}");
        }
    }
}
