//! How hard a password is to guess, as the crate `zxcvbn` estimates it: common passwords, names, words, dates, keyboard rows
//! and repetitions. It looks at the first 100 characters.
use domain::identity::{Password, ports::StrengthEstimator};

pub struct ZxcvbnEstimator;

impl StrengthEstimator for ZxcvbnEstimator {
    fn score(&self, password: &Password) -> u8 {
        zxcvbn::zxcvbn(password.expose(), &[]).score().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_chooses_scores_below_what_nobody_does() {
        for (word, least, most) in [
            ("password", 0, 0),
            ("12345678", 0, 0),
            ("qwertyuiop", 0, 1),
            ("Password123", 0, 1),
            ("correct horse battery staple", 4, 4),
            ("x7#kQ-pelican-94", 4, 4),
        ] {
            let score = ZxcvbnEstimator.score(&Password::parse(word).unwrap());
            assert!((least..=most).contains(&score), "{word}: {score}");
        }
    }
}
