//! What the model's server knows us by.
use reqwest::header::HeaderValue;
use std::fmt;

/// Its `Debug` does not show it.
#[derive(Clone, PartialEq)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        const FORM: &str = "must be visible ASCII characters, without blanks";
        if raw.is_empty() || !raw.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FORM);
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {raw}")).map_err(|_why| FORM)?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// The value of `Authorization`.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_a_header_can_carry() {
        assert!(ApiKey::parse("sk-hunter2_0123/=+.").is_ok());
        for bad in ["", " ", "sk hunter2", "sk-hunter2\n", "ключ-hunter2"] {
            assert!(!ApiKey::parse(bad).unwrap_err().contains("hunter2"), "{bad:?}");
        }
    }
}
