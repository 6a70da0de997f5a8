//! A hash that grows with a word, letter by letter, so that all beginnings of a word cost one pass. `infra/build.rs` is compiled with
//! this file, too: what it packs is found by the same hash.

/// The hash of a word that is a letter longer.
pub(super) fn hash_with(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ u64::from(u32::from(c))).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The hash of words in their order, of which the last is a hash itself.
pub(super) fn joined(before: u64, word: u64) -> u64 {
    (before.rotate_left(5) ^ word ^ (word >> 32)).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The upper half: it depends on all letters.
pub(super) fn upper_half(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// Of a feature's name, as the file of weights has it: its kind and its words.
#[allow(dead_code, reason = "only `infra/build.rs` and tests know features by their names")]
pub(super) fn of_feature(name: &str) -> u32 {
    let words = name.split(' ').map(|word| word.chars().fold(0, hash_with));
    upper_half(words.fold(0, joined))
}
