//! Signatures by the Standard Webhooks specification: HMAC-SHA256 under a shared secret over id, time and body.
//!
//! Not by the crate of that name: it asks the system's clock, which no test can move.
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    outbox::{SIGNATURE_TOLERANCE, SignedRequest, ports::SignatureVerifier},
    shared::Timestamp,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

const ENCODED: &str = "whsec_";
const VERSION: &str = "v1,";

/// Its `Debug` does not show it.
#[derive(Clone)]
pub struct SigningSecret {
    bytes: Vec<u8>,
    mac: Hmac<Sha256>,
}

impl SigningSecret {
    /// As the specification asks.
    const MIN: usize = 24;

    /// `whsec_` and base64, as generators of such secrets give it; any other text stands for its own bytes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, String> {
        let bytes = match raw.strip_prefix(ENCODED) {
            Some(encoded) => {
                let broken = |_why| format!("must be base64 after {ENCODED}");
                BASE64_STANDARD.decode(encoded).map_err(broken)?
            }
            None => raw.as_bytes().to_vec(),
        };
        if bytes.len() < Self::MIN {
            let (has, min) = (bytes.len(), Self::MIN);
            return Err(format!(
                "has {has} bytes; at least {min} are needed: make one with: openssl rand -hex 32"
            ));
        }
        let mac = Hmac::new_from_slice(&bytes).map_err(|e| e.to_string())?;
        Ok(Self { bytes, mac })
    }

    /// The value of `webhook-signature`.
    pub fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let signature = self.mac(id, timestamp, body).finalize().into_bytes();
        format!("{VERSION}{}", BASE64_STANDARD.encode(signature))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        signed.into_iter().fold(self.mac.clone(), Mac::chain_update)
    }
}

impl SignatureVerifier for SigningSecret {
    /// Several signatures may stand side by side, while the sender changes its secret.
    fn is_genuine(&self, request: &SignedRequest<'_>, now: Timestamp) -> bool {
        let SignedRequest { id, timestamp, signature, body } = *request;
        let signed_at = timestamp.parse().ok().and_then(|seconds| Timestamp::from_timestamp(seconds, 0));
        let is_fresh = signed_at.is_some_and(|at| (now - at).abs() <= SIGNATURE_TOLERANCE);
        let fits = |signature: &[u8]| self.mac(id, timestamp, body).verify_slice(signature).is_ok();
        let mut signatures = signature.split(' ').filter_map(|one| one.strip_prefix(VERSION));
        is_fresh && signatures.any(|one| BASE64_STANDARD.decode(one).is_ok_and(|bytes| fits(&bytes)))
    }
}

/// Two of one text are one.
impl PartialEq for SigningSecret {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// From the specification's own tests, as all its libraries have it.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_614_265_330 + seconds, 0).unwrap()
    }

    fn secret() -> SigningSecret {
        SigningSecret::parse(SECRET).unwrap()
    }

    #[test]
    fn the_signature_is_the_specifications() {
        assert_eq!(secret().sign(ID, AT, BODY), SIGNATURE);
    }

    #[test]
    fn a_request_is_genuine_whole_and_for_five_minutes() {
        let genuine = SignedRequest { id: ID, timestamp: AT, signature: SIGNATURE, body: BODY };
        let is_genuine = |request, seconds| secret().is_genuine(&request, at(seconds));
        for seconds in [0, 300, -300] {
            assert!(is_genuine(genuine, seconds), "{seconds}");
        }
        for seconds in [301, -301, i64::from(i32::MAX)] {
            assert!(!is_genuine(genuine, seconds), "{seconds}");
        }
        let beside = format!("v1a,x v1,AAAA {SIGNATURE}");
        assert!(is_genuine(SignedRequest { signature: &beside, ..genuine }, 0));
        for altered in [
            SignedRequest { id: "msg", ..genuine },
            SignedRequest { id: "", ..genuine },
            SignedRequest { timestamp: "1614265331", ..genuine },
            SignedRequest { timestamp: "", ..genuine },
            SignedRequest { timestamp: "99999999999999999", ..genuine },
            SignedRequest { timestamp: "-1", ..genuine },
            SignedRequest { body: b"{}", ..genuine },
            SignedRequest { signature: "", ..genuine },
            SignedRequest { signature: "v1,", ..genuine },
            SignedRequest { signature: &SIGNATURE[3..], ..genuine },
            SignedRequest { signature: &SIGNATURE.replace("v1,g", "v1,h"), ..genuine },
        ] {
            assert!(!is_genuine(altered, 0), "{altered:?}");
        }
        let other = SigningSecret::parse("another secret of 24 bytes").unwrap();
        assert!(!other.is_genuine(&genuine, at(0) + TimeDelta::zero()));
    }

    #[test]
    fn a_secret_is_long_enough_and_shown_nowhere() {
        for good in [SECRET, "0123456789abcdef01234567"] {
            assert_eq!(format!("{:?}", SigningSecret::parse(good).unwrap()), "SigningSecret([redacted])");
        }
        for bad in
            ["", "0123456789abcdef0123456", "whsec_", "whsec_c2hvcnQ=", "whsec_0123456789abcdef0123456!"]
        {
            let why = SigningSecret::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !why.contains(bad), "{why}");
        }
    }
}
