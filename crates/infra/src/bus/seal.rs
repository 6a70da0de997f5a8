//! Proof that an event comes from a node of this installation: others may share the Redis, and what an event says is shown
//! to people.
use hmac::{Hmac, KeyInit, Mac, digest::InvalidLength};
use sha2::Sha256;

/// So that what is sealed here can never stand for another use of the secret.
const LABEL: &[u8] = b"carebase hint v1";
/// Bytes of the seal, before the body.
const LENGTH: usize = 32;

pub(super) struct Seal(Hmac<Sha256>);

impl Seal {
    pub(super) fn new(secret: &[u8]) -> Result<Self, InvalidLength> {
        let mut mac = Hmac::new_from_slice(secret)?;
        mac.update(LABEL);
        Ok(Self(mac))
    }

    pub(super) fn sealed(&self, body: &[u8]) -> Vec<u8> {
        let mac = self.0.clone().chain_update(body).finalize().into_bytes();
        [&mac[..], body].concat()
    }

    /// The body, if the seal is good.
    pub(super) fn opened<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (mac, body) = bytes.split_at_checked(LENGTH)?;
        self.0.clone().chain_update(body).verify_slice(mac).ok().map(|()| body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_under_the_same_secret_is_opened() {
        let seal = |secret: &str| Seal::new(secret.as_bytes()).unwrap();
        let mut sealed = seal("ours").sealed(b"hint");
        assert_eq!(seal("ours").opened(&sealed), Some(&b"hint"[..]));
        assert_eq!(seal("theirs").opened(&sealed), None);
        if let Some(last) = sealed.last_mut() {
            *last ^= 1;
        }
        assert_eq!(seal("ours").opened(&sealed), None);
        assert_eq!(seal("ours").opened(b""), None);
        assert_eq!(seal("ours").opened(b"hint"), None);
    }
}
