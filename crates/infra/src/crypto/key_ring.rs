//! The operator's keys. They encrypt data keys and nothing else, so that a change of them touches no text.
use super::cipher::{Cipher, DataKey, random_key};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};

const SALT: &[u8] = b"carebase encryption keys v1";
/// So that a wrapped key can never stand for anything else.
const LABEL: &[u8] = b"carebase data key";
/// Bytes of a key's id: enough to tell the few keys of an operator apart.
const ID_LENGTH: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    #[error("holds no key")]
    None,
    #[error("holds the same key twice")]
    Twice,
}

/// Newest first: the first key wraps, all unwrap.
pub struct KeyRing {
    newest: RingKey,
    older: Vec<RingKey>,
}

struct RingKey {
    id: String,
    cipher: Cipher,
}

/// A data key as it is stored.
pub(super) struct Wrapped {
    pub person: i64,
    pub number: u8,
    /// Which of the ring's keys wraps it.
    pub ring_key: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CannotUnwrap {
    #[error(
        "the data key of account {0} is wrapped with the encryption key {1}, which ENCRYPTION_KEYS lacks"
    )]
    RingKeyMissing(i64, String),
    #[error("the data key of account {0} was altered, or is another account's")]
    Altered(i64),
}

impl KeyRing {
    /// From the operator's secrets, newest first, each of at least 32 random bytes.
    ///
    /// # Errors
    /// [`BadKeys`].
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, BadKeys> {
        let mut keys = secrets.into_iter().map(RingKey::derive);
        let newest = keys.next().ok_or(BadKeys::None)?;
        let ring = Self { newest, older: keys.collect() };
        let distinct: std::collections::BTreeSet<_> = ring.ids().collect();
        if distinct.len() < ring.ids().count() { Err(BadKeys::Twice) } else { Ok(ring) }
    }

    /// What each key is called where it is stored or shown: eight hexadecimal digits, from which the key cannot be told.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys().map(|key| key.id.as_str())
    }

    fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// A new random data key.
    pub(super) fn make(&self, person: i64, number: u8) -> Wrapped {
        let RingKey { id, cipher } = &self.newest;
        let bytes = cipher.seal(&[], &aad(id, person, number), &random_key());
        Wrapped { person, number, ring_key: id.clone(), bytes }
    }

    pub(super) fn unwrap(&self, wrapped: Wrapped) -> Result<DataKey, CannotUnwrap> {
        let Wrapped { person, number, ring_key, mut bytes } = wrapped;
        let Some(RingKey { id, cipher }) = self.keys().find(|key| key.id == ring_key) else {
            return Err(CannotUnwrap::RingKeyMissing(person, ring_key));
        };
        let opened = cipher.open(&aad(id, person, number), &mut bytes);
        opened.and_then(|key| DataKey::new(number, key)).ok_or(CannotUnwrap::Altered(person))
    }
}

impl RingKey {
    fn derive(secret: &[u8]) -> Self {
        let secret = Salt::new(HKDF_SHA256, SALT).extract(secret);
        let id = derived(&secret, b"id").iter().take(ID_LENGTH).map(|byte| format!("{byte:02x}")).collect();
        Self { id, cipher: Cipher::new(&derived(&secret, b"wrap")) }
    }
}

#[expect(clippy::expect_used, reason = "it fails for lengths that this hash cannot give only")]
fn derived(secret: &Prk, label: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    secret.expand(&[label], HKDF_SHA256).and_then(|key| key.fill(&mut bytes)).expect("32 bytes");
    bytes
}

fn aad(ring_key: &str, person: i64, number: u8) -> Vec<u8> {
    [LABEL, ring_key.as_bytes(), &person.to_be_bytes(), &[number]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = b"an old secret of the operator's, 32 bytes";
    const NEW: &[u8] = b"a new secret of the operator's, 32 bytes.";

    fn ring(secrets: &[&'static [u8]]) -> KeyRing {
        KeyRing::new(secrets.iter().copied()).unwrap()
    }

    fn unwrapped(ring: &KeyRing, wrapped: Wrapped) -> Result<u8, String> {
        ring.unwrap(wrapped).map(|key| key.number()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_ring_needs_a_key_and_holds_none_twice() {
        assert_eq!(KeyRing::new([]).err(), Some(BadKeys::None));
        assert_eq!(KeyRing::new([OLD, NEW, OLD]).err(), Some(BadKeys::Twice));
        let ids: Vec<_> = ring(&[NEW, OLD]).ids().map(str::to_owned).collect();
        assert!(ids.len() == 2 && ids[0] != ids[1] && ids.iter().all(|id| id.len() == 8), "{ids:?}");
        assert_eq!(ring(&[OLD]).ids().next(), Some(ids[1].as_str()), "it is the same after a restart");
    }

    #[test]
    fn the_newest_key_wraps_and_every_key_unwraps() {
        let (old, new, both) = (ring(&[OLD]), ring(&[NEW]), ring(&[NEW, OLD]));
        assert_eq!(unwrapped(&both, old.make(7, 1)), Ok(1));
        assert_eq!(unwrapped(&new, both.make(7, 2)), Ok(2));
        let lacking = unwrapped(&new, old.make(7, 1)).unwrap_err();
        let id = old.ids().next().unwrap().to_owned();
        assert_eq!(
            lacking,
            format!(
                "the data key of account 7 is wrapped with the encryption key {id}, which ENCRYPTION_KEYS lacks"
            )
        );
    }

    #[test]
    fn a_wrapped_key_that_was_moved_or_altered_does_not_unwrap() {
        let ring = ring(&[NEW, OLD]);
        let altered = |alter: fn(&mut Wrapped)| {
            let mut wrapped = ring.make(7, 1);
            alter(&mut wrapped);
            unwrapped(&ring, wrapped)
        };
        assert_eq!(altered(|_| ()), Ok(1));
        let moved = Err("the data key of account 8 was altered, or is another account's".to_owned());
        assert_eq!(altered(|wrapped| wrapped.person = 8), moved);
        let refused = Err("the data key of account 7 was altered, or is another account's".to_owned());
        assert_eq!(altered(|wrapped| wrapped.number = 2), refused);
        assert_eq!(altered(|wrapped| wrapped.bytes[20] ^= 1), refused);
        assert_eq!(altered(|wrapped| wrapped.bytes.truncate(20)), refused);
        assert_eq!(altered(|wrapped| wrapped.bytes.clear()), refused);
    }
}
