//! A hash that grows with a word, letter by letter, so that all beginnings of a word cost one pass.
use std::hash::{BuildHasherDefault, Hasher};

/// For keys that are hashes already.
pub(super) type PlainHash = BuildHasherDefault<AsItIs>;

#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash_with(hash, char::from(byte)));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The hash of a word that is a letter longer.
pub(super) fn hash_with(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ u64::from(u32::from(c))).wrapping_mul(0x517c_c1b7_2722_0a95)
}
