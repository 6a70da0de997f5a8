//! Where hashes that are in order lie, by their upper bits: a table of them is looked up without a search.
use std::ops::Range;

#[derive(Default)]
pub(super) struct Buckets {
    shift: u32,
    /// Of each bucket, and the end of the last one.
    starts: Vec<u32>,
}

impl Buckets {
    /// More would not stay in the processor's cache.
    const MAX_BITS: u32 = 16;

    /// About one for each of the hashes, which are in order.
    pub(super) fn of(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let bits = hashes.len().next_power_of_two().ilog2().clamp(1, Self::MAX_BITS);
        let mut buckets = Self { shift: u64::BITS - bits, starts: vec![0; (1 << bits) + 1] };
        for hash in hashes {
            let bucket = buckets.bucket(hash);
            buckets.starts[bucket + 1] += 1;
        }
        let mut end = 0;
        for start in &mut buckets.starts {
            end += *start;
            *start = end;
        }
        buckets
    }

    /// Among which of them this one is, if it is there.
    pub(super) fn range(&self, hash: u64) -> Range<usize> {
        match self.starts.get(self.bucket(hash)..) {
            Some(&[start, end, ..]) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    fn bucket(&self, hash: u64) -> usize {
        usize::try_from(hash >> self.shift).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::hash::hash_with, *};

    #[test]
    fn a_hash_lies_in_its_range_and_ranges_are_short() {
        let mut hashes: Vec<u64> = (0..1_000_u32).map(|n| n.to_string().chars().fold(0, hash_with)).collect();
        hashes.extend([0, u64::MAX]);
        hashes.sort_unstable();
        let buckets = Buckets::of(hashes.iter().copied());
        for hash in &hashes {
            let range = buckets.range(*hash);
            assert!(range.len() < 12 && hashes[range.clone()].contains(hash), "{hash:x}: {range:?}");
        }
    }
    #[test]
    fn nothing_lies_in_an_empty_one() {
        for buckets in [Buckets::default(), Buckets::of([].into_iter())] {
            assert!([0, 7, u64::MAX].iter().all(|&hash| buckets.range(hash).is_empty()));
        }
    }
}
