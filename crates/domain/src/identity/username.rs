//! The name that an account signs in with.
use crate::shared::{FieldError, text};
use unicode_normalization::UnicodeNormalization;

/// 1 to 150 characters: letters of any alphabet, digits and `@ . + - _`, compared with case, in the form NFKC
/// (so that two spellings of one accented name are one name).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    pub const MAX: usize = 150;

    /// # Errors
    /// [`FieldError::Blank`], [`FieldError::NulCharacter`], [`FieldError::TooLong`], [`FieldError::Malformed`] for another
    /// character, [`FieldError::Taken`] for a reserved name: `admin` is the staff's socket, and digits only always mean an
    /// id (`dialects.md` rows 3 and 4).
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let name = Self::known_as(raw)?;
        let legal = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
        if !name.0.chars().all(legal) {
            return Err(FieldError::Malformed);
        }
        if name.is_reserved() {
            return Err(FieldError::Taken);
        }
        Ok(name)
    }

    /// A name to look somebody up by. Reserved names parse too: nobody has them.
    ///
    /// # Errors
    /// [`FieldError::Blank`], [`FieldError::NulCharacter`], [`FieldError::TooLong`].
    pub fn known_as(raw: &str) -> Result<Self, FieldError> {
        let trimmed = raw.trim();
        if trimmed.contains('\0') {
            return Err(FieldError::NulCharacter);
        }
        if trimmed.chars().count() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        let name: String = trimmed.nfkc().collect();
        // NFKC can make a name longer: one ligature becomes three letters.
        if name.chars().count() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        text::not_blank(name).map(Self)
    }

    fn is_reserved(&self) -> bool {
        self.0.eq_ignore_ascii_case("admin") || self.0.chars().all(|c| c.is_ascii_digit())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_alphabet_are_legal() {
        for name in ["sarah", "Сара", "a.b+c-d_e@f", "李", "x1"] {
            assert_eq!(Username::parse(name).map(|n| n.0), Ok(name.to_owned()));
        }
        assert_eq!(Username::parse("  sarah ").unwrap().as_str(), "sarah");
        assert_eq!(Username::parse("e\u{301}va"), Username::parse("éva"));
    }

    #[test]
    fn names_that_no_account_may_have() {
        let long = "я".repeat(151);
        let cases = [
            ("", FieldError::Blank),
            ("   ", FieldError::Blank),
            ("a b", FieldError::Malformed),
            ("a/b", FieldError::Malformed),
            ("a\u{7}b", FieldError::Malformed),
            ("a\0b", FieldError::NulCharacter),
            (long.as_str(), FieldError::TooLong(150)),
            ("admin", FieldError::Taken),
            ("Admin", FieldError::Taken),
            ("0042", FieldError::Taken),
        ];
        for (name, why) in cases {
            assert_eq!(Username::parse(name), Err(why), "{name:?}");
        }
    }
}
