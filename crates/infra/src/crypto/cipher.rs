//! AES-256-GCM, and what a sealed text looks like.
//!
//! `0xFF`, the number of the data key, a random nonce of 12 bytes, the encrypted text, a tag of 16 bytes. No text in UTF-8
//! holds the byte `0xFF`, so that a text which was stored before its column was sealed is known by its first byte.
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

const SEALED: u8 = 0xFF;
/// Bytes: the mark and the number of the key.
const HEAD: usize = 2;
pub(super) const KEY_LENGTH: usize = 32;

pub(super) struct Cipher(LessSafeKey);

impl Cipher {
    #[expect(clippy::expect_used, reason = "it fails for other lengths only")]
    pub(super) fn new(key: &[u8; KEY_LENGTH]) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes")))
    }

    /// `head`, then what only [`open`](Self::open) with the same `aad` gives back.
    #[expect(clippy::expect_used, reason = "it fails for more than 64 GiB only")]
    pub(super) fn seal(&self, head: &[u8], aad: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(head.len() + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        let nonce: [u8; NONCE_LEN] = rand::random();
        sealed.extend_from_slice(head);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = &mut sealed[head.len() + NONCE_LEN..];
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(aad), body).expect("less than 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// In place, without the head. `None` if it was altered, moved to where another `aad` is asked for, or sealed with
    /// another key.
    pub(super) fn open<'b>(&self, aad: &[u8], sealed: &'b mut [u8]) -> Option<&'b [u8]> {
        let (nonce, body) = sealed.split_first_chunk_mut::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0.open_in_place(nonce, Aad::from(aad), body).ok().map(|plain| &*plain)
    }
}

pub(super) fn random_key() -> [u8; KEY_LENGTH] {
    rand::random()
}

/// A key of one person's. Rotation gives a person several, told apart by their numbers, from 1.
pub(super) struct DataKey {
    number: u8,
    cipher: Cipher,
}

impl DataKey {
    /// `None` unless it has 32 bytes.
    pub(super) fn new(number: u8, key: &[u8]) -> Option<Self> {
        Some(Self { number, cipher: Cipher::new(key.try_into().ok()?) })
    }

    pub(super) fn number(&self) -> u8 {
        self.number
    }

    pub(super) fn seal(&self, aad: &[u8], text: &str) -> Vec<u8> {
        self.cipher.seal(&[SEALED, self.number], aad, text.as_bytes())
    }

    pub(super) fn open<'b>(&self, aad: &[u8], stored: &'b mut [u8]) -> Option<&'b str> {
        let plain = self.cipher.open(aad, stored.get_mut(HEAD..)?)?;
        simdutf8::basic::from_utf8(plain).ok()
    }
}

/// The number of the key that it is sealed with; `None` of a text that is not sealed.
pub(super) fn key_number(stored: &[u8]) -> Option<u8> {
    match stored {
        [SEALED, number, ..] => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> DataKey {
        DataKey::new(number, &[number; KEY_LENGTH]).unwrap()
    }

    fn opened(key: &DataKey, aad: &[u8], stored: &[u8]) -> Option<String> {
        key.open(aad, &mut stored.to_vec()).map(str::to_owned)
    }

    #[test]
    fn a_text_is_opened_with_its_key_and_its_place_only() {
        for text in ["", "It hurts", "Болит зуб 🦷", &"x".repeat(20_000)] {
            let sealed = key(1).seal(b"place", text);
            assert_eq!(opened(&key(1), b"place", &sealed).as_deref(), Some(text));
            assert_eq!(sealed.len(), text.len() + 30);
            assert_eq!(key_number(&sealed), Some(1));
            assert_eq!(opened(&key(1), b"another place", &sealed), None);
            assert_eq!(opened(&key(2), b"place", &sealed), None);
        }
        assert_ne!(key(1).seal(b"", "the same"), key(1).seal(b"", "the same"));
        assert_eq!(DataKey::new(1, &[0; 31]).map(|key| key.number()), None);
    }

    #[test]
    fn an_altered_text_is_not_opened() {
        let sealed = key(1).seal(b"place", "It hurts");
        for at in HEAD..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(opened(&key(1), b"place", &altered), None, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert_eq!(opened(&key(1), b"place", &sealed[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn no_text_is_taken_for_a_sealed_one() {
        for text in ["", "a", "ÿ", "Ÿ\u{ff}", "\u{10ffff}"] {
            assert_eq!(key_number(text.as_bytes()), None, "{text}");
        }
    }
}
