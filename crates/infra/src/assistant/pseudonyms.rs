//! What a model's operator knows an account by.
use domain::{assistant::ports::Pseudonyms, shared::AccountId};
use hmac::{Hmac, KeyInit, Mac, digest::InvalidLength};
use sha2::Sha256;

/// Told apart from everything else that the secret is used for.
const LABEL: &[u8] = b"carebase assistant user\0";
/// Of the hash: as many as a random UUID has.
const BYTES: usize = 16;

pub struct KeyedPseudonyms(Hmac<Sha256>);

impl KeyedPseudonyms {
    /// # Errors
    /// Of a secret that no HMAC takes: none.
    pub fn new(secret: &[u8]) -> Result<Self, InvalidLength> {
        Ok(Self(Hmac::new_from_slice(secret)?.chain_update(LABEL)))
    }
}

impl Pseudonyms for KeyedPseudonyms {
    /// In hexadecimal digits.
    fn of(&self, account: AccountId) -> String {
        let hash = self.0.clone().chain_update(account.get().to_be_bytes()).finalize().into_bytes();
        hash.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_the_accounts_and_the_secrets() {
        let of = |secret: &[u8], id| KeyedPseudonyms::new(secret).unwrap().of(AccountId::new(id));
        assert_eq!(of(b"ours", 7), of(b"ours", 7));
        assert_eq!(of(b"ours", 7).len(), 2 * BYTES);
        for other in [of(b"ours", 8), of(b"theirs", 7)] {
            assert_ne!(other, of(b"ours", 7));
        }
    }
}
