//! What opening the sealed texts of a row costs at least.
use crate::Done;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::collections::HashMap;

/// The first byte of every sealed text, and of no text in UTF-8.
const SEALED: u8 = 0xFF;
/// Bytes before the nonce: the mark and the number of the key.
const HEAD: usize = 2;
/// Bytes of what a sealed text is bound to: person, row, column.
const AAD: [u8; 32] = [0; 32];

/// Opens a text of the same length instead, sealed with a key of its own: the real keys lie wrapped in a database of the server's,
/// and finding them would measure the server's code against itself.
pub(crate) struct SealedTexts {
    key: LessSafeKey,
    by_length: HashMap<usize, Vec<u8>>,
    opened: Vec<u8>,
}

impl SealedTexts {
    pub(crate) fn new() -> Done<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(|_unspecified| "no key of 32 bytes")?;
        Ok(Self { key: LessSafeKey::new(key), by_length: HashMap::new(), opened: Vec::new() })
    }

    /// Whether it was a sealed text.
    pub(crate) fn open(&mut self, stored: &[u8]) -> Done<bool> {
        let [SEALED, ..] = stored else { return Ok(false) };
        if !self.by_length.contains_key(&stored.len()) {
            self.by_length.insert(stored.len(), self.sealed(stored.len())?);
        }
        self.opened.clear();
        self.opened.extend_from_slice(&self.by_length[&stored.len()]);
        let opened = self.key.open_in_place(nonce(), Aad::from(AAD), &mut self.opened);
        Ok(opened.map(|_plain| true).map_err(|_unspecified| "a text that was sealed here does not open")?)
    }

    /// Without what stands before the encrypted text.
    fn sealed(&self, stored: usize) -> Done<Vec<u8>> {
        let length = stored.checked_sub(HEAD + NONCE_LEN + AES_256_GCM.tag_len()).ok_or("too short")?;
        let mut text = vec![b'x'; length];
        let sealed = self.key.seal_in_place_append_tag(nonce(), Aad::from(AAD), &mut text);
        Ok(sealed.map(|()| text).map_err(|_unspecified| "a text cannot be sealed")?)
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_same_length_is_opened_for_each_sealed_one() {
        let mut texts = SealedTexts::new().unwrap();
        for length in [0, 1, 40, 40, 5_000] {
            let stored = [vec![SEALED], vec![1; 29 + length]].concat();
            assert!(texts.open(&stored).unwrap());
            assert_eq!(texts.opened.len(), length + AES_256_GCM.tag_len());
            assert!(texts.opened.starts_with(&vec![b'x'; length]));
        }
        assert_eq!(texts.by_length.len(), 4);
    }

    #[test]
    fn other_columns_are_not_opened_and_a_text_that_is_cut_off_is_an_error() {
        let mut texts = SealedTexts::new().unwrap();
        for plain in [&b""[..], b"stabbing", "ÿ".as_bytes()] {
            assert!(!texts.open(plain).unwrap());
        }
        assert!(texts.open(&[SEALED; 29]).is_err());
    }
}
