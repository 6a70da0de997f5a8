//! How hard a password is to guess, as the crate `zxcvbn` estimates it: common passwords, names, words, dates, keyboard rows
//! and repetitions.
use domain::identity::{Password, ports::StrengthEstimator};

/// Characters that are looked at. What follows makes a password only harder; and a strange one of a hundred costs seconds, and
/// overflows the estimate of a long keyboard walk (zxcvbn 3.1: `SpatialPattern`).
const LOOKED_AT: usize = 24;

pub struct ZxcvbnEstimator;

impl StrengthEstimator for ZxcvbnEstimator {
    fn score(&self, password: &Password) -> u8 {
        let beginning: String = password.expose().chars().take(LOOKED_AT).collect();
        zxcvbn::zxcvbn(&beginning, &[]).score().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(word: &str) -> u8 {
        ZxcvbnEstimator.score(&Password::parse(word).unwrap())
    }

    #[test]
    fn common_passwords_score_low_and_random_ones_high() {
        for (word, least, most) in [
            ("password", 0, 0),
            ("12345678", 0, 0),
            ("qwertyuiop", 0, 1),
            ("Password123", 0, 1),
            ("correct horse battery staple", 4, 4),
            ("x7#kQ-pelican-94", 4, 4),
        ] {
            assert!((least..=most).contains(&score(word)), "{word}: {}", score(word));
        }
    }

    #[test]
    fn a_long_strange_password_is_estimated_too() {
        let strange = "4@8({[<369&#!1/|0$5+7%2".repeat(6);
        for word in ["qw".repeat(64), "12".repeat(64), "qaz".repeat(42), "1".repeat(128), "я".repeat(128)] {
            assert!(score(&word) <= 4, "{word}");
        }
        assert!(score(&strange[..128]) <= 4);
    }
}
