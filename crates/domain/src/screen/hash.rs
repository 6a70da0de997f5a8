//! A hash that grows with a word, letter by letter, so that all beginnings of a word cost one pass.
/// The hash of a word that is a letter longer.
pub(super) fn hash_with(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ u64::from(u32::from(c))).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The hash of words in their order, of which the last is a hash itself.
pub(super) fn joined(before: u64, word: u64) -> u64 {
    (before.rotate_left(5) ^ word ^ (word >> 32)).wrapping_mul(0x517c_c1b7_2722_0a95)
}
