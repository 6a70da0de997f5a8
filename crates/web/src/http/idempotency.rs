//! `Idempotency-Key`: a client's name for a `POST`, on the routes whose line says so. Sent again, the request makes nothing
//! and hears of what the first one made.
use super::{Input, Refusal, Rejection};
use actix_web::{
    HttpRequest,
    http::header::{HeaderName, HeaderValue},
};
use domain::shared::IdempotencyKey;
use hmac::{Hmac, KeyInit, Mac, digest::InvalidLength};
use sha2::Sha256;
use std::fmt::Write;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// So that a fingerprint can never stand for another use of the secret.
const LABEL: &[u8] = b"carebase idempotency v1";

/// Tells bodies apart and nothing of what they hold: a plain hash of a short body could be guessed.
pub struct Fingerprints(Hmac<Sha256>);

impl Fingerprints {
    /// # Errors
    /// Of a secret that no HMAC takes: none.
    pub fn new(secret: &[u8]) -> Result<Self, InvalidLength> {
        Ok(Self(Hmac::new_from_slice(secret)?.chain_update(LABEL)))
    }

    /// In hexadecimal digits. Of the address too: one body may mean two things at two addresses.
    fn of(&self, address: &str, body: &Input) -> String {
        let mac = self.0.clone().chain_update(address).chain_update([0]).chain_update(body.to_json());
        let mut digits = String::with_capacity(64);
        for byte in mac.finalize().into_bytes() {
            // Into a string: cannot fail.
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }
}

/// The key of this request, if it has one and its body could be read.
///
/// # Errors
/// 400: it is no key.
pub(super) fn key_of(
    http: &HttpRequest,
    fingerprints: &Fingerprints,
    input: &Result<Input, Refusal>,
) -> Result<Option<IdempotencyKey>, Refusal> {
    let (Some(name), Ok(body)) = (http.headers().get(&IDEMPOTENCY_KEY), input) else { return Ok(None) };
    let pattern = http.match_pattern().unwrap_or_default();
    let route = format!("{} {}", http.method(), pattern.trim_end_matches('/'));
    let address = format!("{}?{}", http.path().trim_end_matches('/'), http.query_string());
    let name = HeaderValue::to_str(name).unwrap_or_default();
    let key = IdempotencyKey::new(route, name, fingerprints.of(&address, body));
    Ok(Some(key.map_err(Rejection::BadIdempotencyKey)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fingerprint_tells_secrets_addresses_and_bodies_apart() {
        let of = |secret: &str, address: &str, body: i64| {
            Fingerprints::new(secret.as_bytes()).unwrap().of(address, &Input::json(json!({ "a": body })))
        };
        let first = of("ours", "/notes?", 1);
        assert_eq!((first.len(), &first), (64, &of("ours", "/notes?", 1)));
        for other in [of("theirs", "/notes?", 1), of("ours", "/notes/7?", 1), of("ours", "/notes?", 2)] {
            assert_ne!(first, other);
        }
    }
}
