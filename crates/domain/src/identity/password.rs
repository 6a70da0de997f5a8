//! Passwords, as typed and as kept. Neither is ever printed.
use crate::shared::{FieldError, text};
use std::fmt;

/// As typed: 1 to 128 characters after trimming. No other rule: the clients' old servers applied none, and the passwords of
/// their users must go on working. What a new one must be besides is the operator's [policy](super::AccountPolicy).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub const MAX: usize = 128;

    /// # Errors
    /// [`FieldError::Blank`], [`FieldError::NulCharacter`], [`FieldError::TooLong`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let trimmed = raw.trim();
        if trimmed.contains('\0') {
            return Err(FieldError::NulCharacter);
        }
        if trimmed.chars().count() > Self::MAX {
            return Err(FieldError::TooLong(Self::MAX));
        }
        text::not_blank(trimmed.to_owned()).map(Self)
    }

    /// For the hasher, and for nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

/// One that an account may be given: it meets the [policy](super::AccountPolicy), which alone makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword(pub(super) Password);

impl NewPassword {
    pub const MAX: usize = Password::MAX;
}

impl std::ops::Deref for NewPassword {
    type Target = Password;
    fn deref(&self) -> &Password {
        &self.0
    }
}

/// As kept: a string in the PHC format, with its own salt and parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub fn new(phc: String) -> Self {
        Self(phc)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    Right,
    /// Right, but kept with parameters that are no longer ours: hash it again now that the password is at hand.
    RightButOutdated,
    Wrong,
}
