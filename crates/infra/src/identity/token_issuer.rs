//! Tokens: HMAC-SHA-256 under the installation's secret, of which 160 bits are shown, as the clients' 40 hexadecimal digits.
use domain::{
    identity::{Nonce, Token, TokenHash, ports::TokenIssuer},
    shared::AccountId,
};
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::Sha256;

/// Say what the secret is used for, so that one use of it can never stand for another.
const TOKEN: &[u8] = b"carebase session token v1";
const LINK: &[u8] = b"carebase link token v1";
const HASH: &[u8] = b"carebase token hash v1";

pub struct HmacTokenIssuer(Hmac<Sha256>);

impl HmacTokenIssuer {
    /// HMAC takes a key of any length.
    ///
    /// # Errors
    /// None that is known.
    pub fn new(secret: &[u8]) -> Result<Self, hmac::digest::InvalidLength> {
        Hmac::new_from_slice(secret).map(Self)
    }

    fn mac(&self, parts: &[&[u8]]) -> String {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        hex(&mac.finalize().into_bytes())
    }
}

impl TokenIssuer for HmacTokenIssuer {
    fn nonce(&self) -> Nonce {
        let mut bytes = [0_u8; 16];
        rand::rng().fill_bytes(&mut bytes);
        Nonce(hex(&bytes))
    }

    fn derive(&self, account: AccountId, nonce: &Nonce) -> Token {
        let whole = self.mac(&[TOKEN, &account.get().to_be_bytes(), nonce.0.as_bytes()]);
        Token::new(whole.chars().take(40).collect())
    }

    fn link(&self, page: &str, nonce: &Nonce) -> Token {
        let whole = self.mac(&[LINK, page.as_bytes(), nonce.0.as_bytes()]);
        Token::new(whole.chars().take(40).collect())
    }

    fn hash(&self, token: &str) -> TokenHash {
        // Under the secret too: with a new one, no token of the old one is found any more.
        TokenHash(self.mac(&[HASH, token.as_bytes()]))
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_forty_hexadecimal_digits_and_depends_on_secret_account_and_nonce() {
        let token = |secret: &str, account, nonce: &str| {
            HmacTokenIssuer::new(secret.as_bytes())
                .unwrap()
                .derive(AccountId::new(account), &Nonce(nonce.into()))
                .expose()
                .to_owned()
        };
        let first = token("s", 1, "n");
        assert!(first.len() == 40 && first.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{first}");
        assert_eq!(first, token("s", 1, "n"));
        for other in [token("t", 1, "n"), token("s", 2, "n"), token("s", 1, "m")] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_link_depends_on_secret_page_and_nonce_and_is_no_session() {
        let issuer = |secret: &str| HmacTokenIssuer::new(secret.as_bytes()).unwrap();
        let link = |secret: &str, page: &str, nonce: &str| issuer(secret).link(page, &Nonce(nonce.into()));
        let first = link("s", "/a/", "n");
        assert_eq!(first, link("s", "/a/", "n"));
        assert_eq!(first.expose().len(), 40);
        for other in [link("t", "/a/", "n"), link("s", "/b/", "n"), link("s", "/a/", "m")] {
            assert_ne!(first, other);
        }
        assert_ne!(first, issuer("s").derive(AccountId::new(1), &Nonce("n".into())));
    }

    #[test]
    fn a_token_of_another_secret_has_another_hash() {
        let [old, new] = [b"old", b"new"].map(|secret| HmacTokenIssuer::new(secret).unwrap());
        assert_eq!(old.hash("t"), old.hash("t"));
        assert_ne!(old.hash("t"), new.hash("t"));
        assert_ne!(old.hash("t").0, "t");
    }

    #[test]
    fn nonces_do_not_repeat() {
        let token_issuer = HmacTokenIssuer::new(b"s").unwrap();
        assert_ne!(token_issuer.nonce(), token_issuer.nonce());
    }
}
