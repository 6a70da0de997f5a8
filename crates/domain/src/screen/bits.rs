//! A set of hashes that may hold too many: most of what is looked up is in no table, and is found so in a few KiB that stay in the
//! processor's cache, where the table does not.

#[derive(Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// One in eight of the hashes that are not in it is said to be.
    const PER_HASH: usize = 8;

    pub(super) fn of(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let words = (hashes.len() * Self::PER_HASH / 64).next_power_of_two();
        let mut bits = Self { words: vec![0; words] };
        hashes.for_each(|hash| {
            let (word, bit) = bits.place(hash);
            bits.words[word] |= bit;
        });
        bits
    }
    /// Never denies one that is in it.
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }
    /// The upper bits of a hash depend on all of its letters.
    fn place(&self, hash: u64) -> (usize, u64) {
        let word = usize::try_from(hash >> 38).unwrap_or_default() & (self.words.len().max(1) - 1);
        (word, 1 << (hash >> 32 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::hash::hash_with, *};

    #[test]
    fn what_is_in_it_is_never_denied_and_most_of_the_rest_is() {
        let hash = |number: u32| number.to_string().chars().fold(0, hash_with);
        let hashes: Vec<u64> = (0..1_000).map(hash).collect();
        let bits = Bits::of(hashes.iter().copied());
        assert!(hashes.iter().all(|&hash| bits.may_hold(hash)));
        let wrong = (1_000..11_000).filter(|&number| bits.may_hold(hash(number))).count();
        assert!(wrong < 2_000, "{wrong}");
    }
    #[test]
    fn nothing_is_in_an_empty_one() {
        assert!(!Bits::default().may_hold(7));
        assert!(!Bits::of([].into_iter()).may_hold(7));
    }
}
