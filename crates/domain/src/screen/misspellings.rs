//! Words that are one edit away from a word of the rules: a letter more, fewer or other, or two neighbours exchanged.
//!
//! Two words that are one edit apart become equal if at most one letter is deleted from each. So every word is indexed under itself
//! and under itself without each of its letters, and a look-up costs a few hundred hashes whatever the number of words.
use super::{bits::Bits, buckets::Buckets, hash::hash_with, pattern::MAX_LETTERS};

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
    /// Hashes, each with an entry, in order.
    keys: Vec<(u64, u32)>,
    bits: Bits,
    buckets: Buckets,
    /// Bit n: a stem has a key of n letters.
    stem_lengths: u64,
    /// Of all words, in order.
    alphabet: Vec<char>,
}

impl Misspellings {
    /// Words, or stems of words, with their symbols.
    pub(super) fn new<'a>(words: impl Iterator<Item = (&'a str, bool, u32)>) -> Self {
        let mut all = Self::default();
        words.for_each(|(word, is_stem, symbol)| all.add(word.chars().collect(), is_stem, symbol));
        all.keys.sort_unstable();
        all.keys.dedup();
        all.alphabet = all.entries.iter().flat_map(|entry| &entry.letters).copied().collect();
        all.alphabet.sort_unstable();
        all.alphabet.dedup();
        let hashes = || all.keys.iter().map(|key| key.0);
        (all.bits, all.buckets) = (Bits::of(hashes()), Buckets::of(hashes()));
        all
    }
    fn add(&mut self, letters: Vec<char>, is_stem: bool, symbol: u32) {
        let entry = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        if is_stem {
            self.stem_lengths |= 1 << letters.len() | 1 << (letters.len() - 1);
        }
        each_key(&letters, |hash| self.keys.push((hash, entry)));
        self.entries.push(Entry { letters, is_stem, symbol });
    }
    /// The symbols of the words that this one misspells, with repetitions.
    pub(super) fn find(&self, letters: &[char], found: &mut Vec<u32>) {
        // One edit leaves one of the first two letters at least: most words of another script end here.
        if !letters.iter().take(2).any(|letter| self.alphabet.binary_search(letter).is_ok()) {
            return;
        }
        let is_whole = letters.len() <= MAX_WORD;
        let letters = &letters[..letters.len().min(MAX_WORD)];
        each_beginning(letters, |length, is_end, hash| {
            if self.stem_lengths & (1 << length) != 0 || (is_end && is_whole) {
                self.verify(hash, letters, found);
            }
        });
    }
    fn verify(&self, hash: u64, letters: &[char], found: &mut Vec<u32>) {
        if !self.bits.may_hold(hash) {
            return;
        }
        let keys = self.keys[self.buckets.range(hash)].iter().filter(|key| key.0 == hash);
        let entries = keys.filter_map(|&(_, entry)| self.entries.get(entry as usize));
        found.extend(entries.filter(|entry| entry.is_misspelt_as(letters)).map(|entry| entry.symbol));
    }
}

/// The hashes of a word and of it without each of its letters.
fn each_key(letters: &[char], mut each: impl FnMut(u64)) {
    each_beginning(letters, |_, is_end, hash| {
        if is_end {
            each(hash);
        }
    });
}

/// The hashes of all beginnings of a word, and of it without each of its letters: how many letters they are, whether they are all of
/// it, and their hash.
fn each_beginning(letters: &[char], mut each: impl FnMut(usize, bool, u64)) {
    let mut before = 0;
    for (at, &letter) in letters.iter().enumerate() {
        let mut hash = before;
        let rest = &letters[at + 1..];
        each(at, rest.is_empty(), hash);
        for (behind, &letter) in rest.iter().enumerate() {
            hash = hash_with(hash, letter);
            each(at + behind + 1, behind + 1 == rest.len(), hash);
        }
        before = hash_with(before, letter);
    }
    each(letters.len(), true, before);
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
        let misspellings = Misspellings::new([("hopeless", false, 1)].into_iter());
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
        let misspellings = Misspellings::new([("suffering", true, 1)].into_iter());
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
