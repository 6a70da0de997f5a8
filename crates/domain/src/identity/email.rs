//! An electronic mail address.
use crate::shared::{FieldError, text};
use email_address::{EmailAddress, Options};

/// At most 254 characters. The domain is kept in lower case; two addresses that differ in case only are the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    pub const MAX: usize = 254;

    /// # Errors
    /// [`FieldError::Blank`], [`FieldError::NulCharacter`], [`FieldError::TooLong`], [`FieldError::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let trimmed = text::not_blank(raw.trim().to_owned())?;
        if trimmed.contains('\0') {
            return Err(FieldError::NulCharacter);
        }
        if trimmed.chars().count() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let address =
            EmailAddress::parse_with_options(&trimmed, options).map_err(|_why| FieldError::Malformed)?;
        // A quoted local part may hold spaces, line breaks and commas: legal, and only ever used against mail headers.
        if address.local_part().starts_with('"') || trimmed.chars().any(char::is_control) {
            return Err(FieldError::Malformed);
        }
        Ok(Self(format!("{}@{}", address.local_part(), address.domain().to_lowercase())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What must be unique among accounts.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_kept_in_lower_case_and_the_key_wholly() {
        let email = Email::parse(" Sarah.Connor@Example.COM ").unwrap();
        assert_eq!(
            (email.as_str(), email.key().as_str()),
            ("Sarah.Connor@example.com", "sarah.connor@example.com")
        );
    }

    #[test]
    fn what_is_no_address() {
        let long = format!("{}@example.com", "a".repeat(250));
        for (raw, why) in [
            ("", FieldError::Blank),
            ("sarah", FieldError::Malformed),
            ("sarah@", FieldError::Malformed),
            ("@example.com", FieldError::Malformed),
            ("sarah@example", FieldError::Malformed),
            ("a b@example.com", FieldError::Malformed),
            ("Sarah <sarah@example.com>", FieldError::Malformed),
            ("\"a b\"@example.com", FieldError::Malformed),
            ("sarah@[127.0.0.1]", FieldError::Malformed),
            ("sarah@example.com\r\nBcc: x@example.com", FieldError::Malformed),
            ("sa\0rah@example.com", FieldError::NulCharacter),
            (long.as_str(), FieldError::TooLong(254)),
        ] {
            assert_eq!(Email::parse(raw), Err(why), "{raw:?}");
        }
    }
}
