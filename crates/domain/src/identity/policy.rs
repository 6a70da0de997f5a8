//! What the operator decides about accounts.
use super::{NewPassword, Password, ports::StrengthEstimator};
use crate::shared::FieldError;

/// Whether people may make accounts of their own, and which passwords an account may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPolicy {
    /// Otherwise accounts come from commands only.
    pub registration_open: bool,
    /// In characters, from 1 to [`Password::MAX`].
    pub password_min_length: usize,
    /// From 0, which any password has, to 4: how many guesses a password resists, as [`StrengthEstimator`] scores it.
    pub password_min_strength: u8,
}

impl AccountPolicy {
    pub const DEFAULT: Self =
        Self { registration_open: true, password_min_length: 8, password_min_strength: 0 };
    /// More than 10^6 guesses: too many for guessing online, under the rate limits.
    pub const STRENGTH_ADVISED: u8 = 2;

    /// # Errors
    /// Those of [`Password::parse`], [`FieldError::TooShort`], [`FieldError::TooCommon`].
    pub(super) fn new_password(
        &self,
        raw: &str,
        estimator: &dyn StrengthEstimator,
    ) -> Result<NewPassword, FieldError> {
        let password = Password::parse(raw)?;
        if password.expose().chars().count() < self.password_min_length {
            return Err(FieldError::TooShort(self.password_min_length));
        }
        if self.password_min_strength > 0 && estimator.score(&password) < self.password_min_strength {
            return Err(FieldError::TooCommon);
        }
        Ok(NewPassword(password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::ports::MockStrengthEstimator;

    #[test]
    fn a_new_password_is_long_enough_and_then_hard_enough_to_guess() {
        let policy = AccountPolicy { password_min_strength: 2, ..AccountPolicy::DEFAULT };
        let mut estimator = MockStrengthEstimator::new();
        estimator.expect_score().returning(|password| if password.expose() == "password" { 0 } else { 2 });
        for (raw, refused) in [
            ("", Some(FieldError::Blank)),
            ("  seven77  ", Some(FieldError::TooShort(8))),
            ("password", Some(FieldError::TooCommon)),
            ("ключ-семь", None),
            ("no-fate-1984", None),
        ] {
            let parsed = policy.new_password(raw, &estimator);
            assert_eq!(parsed.as_ref().err(), refused.as_ref(), "{raw}");
        }
    }

    #[test]
    fn without_a_least_strength_none_is_estimated() {
        let nobody_asks = MockStrengthEstimator::new();
        assert!(AccountPolicy::DEFAULT.new_password("password", &nobody_asks).is_ok());
    }
}
