//! A client's name for a request, so that sending it again does nothing again: for those who cannot know whether the first
//! one arrived.
use super::Timestamp;
use chrono::TimeDelta;

/// Made by the request layer of the header `Idempotency-Key`, on routes that know it. It holds for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Method and path: the same name elsewhere is another one.
    pub route: String,
    name: String,
    /// Of the body: another body under the same key is a mistake of the client's.
    pub fingerprint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Idempotency-Key must be 1 to {} printable ASCII characters.", IdempotencyKey::MAX)]
pub struct BadIdempotencyKey;

impl IdempotencyKey {
    pub const MAX: usize = 255;
    /// After that it may name something new.
    pub const LIFE: TimeDelta = TimeDelta::hours(24);

    /// # Errors
    /// [`BadIdempotencyKey`] unless the name has 1 to 255 printable ASCII characters.
    pub fn new(route: String, name: &str, fingerprint: String) -> Result<Self, BadIdempotencyKey> {
        let printable = name.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !printable || !(1..=Self::MAX).contains(&name.len()) {
            return Err(BadIdempotencyKey);
        }
        Ok(Self { route, name: name.to_owned(), fingerprint })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Keys from before then are forgotten.
    pub fn oldest(now: Timestamp) -> Timestamp {
        now - Self::LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_and_not_too_long() {
        let key = |name: &str| IdempotencyKey::new("POST /".into(), name, String::new()).map(|key| key.name);
        for good in ["1", "8e03978e-40d5-43e8-bc93-6894a57f9324", "\"quoted\"", &"x".repeat(255)] {
            assert_eq!(key(good).as_deref(), Ok(good));
        }
        for bad in ["", "ключ", "a\tb", "a\u{7f}", &"x".repeat(256)] {
            assert_eq!(key(bad), Err(BadIdempotencyKey), "{bad:?}");
        }
    }
}
