//! Weights: what `seeds/crisis/train.py` has written and `build/weights.rs` has packed.
use domain::{
    screen::{Learned, Weights},
    shared::Language,
};

/// In the file are thousandths.
const UNIT: f64 = 1_000.0;

/// `None` if the file is cut off.
pub(super) fn weights(language: Language, packed: &'static [u8]) -> Option<Weights> {
    let (settings, features) = packed.split_at_checked(6 * 4)?;
    let (features, rest) = features.as_chunks::<8>();
    if !rest.is_empty() {
        return None;
    }
    let (settings, _) = settings.as_chunks::<4>();
    let &[a, b, c, d, e, f] = settings else { return None };
    let [a, b, c, d, e, f] = [a, b, c, d, e, f].map(|word| f64::from(i32::from_le_bytes(word)) / UNIT);
    let (bias, threshold, threshold_with_rule) = ([a, b], [c, d], [e, f]);
    Some(Weights::new(Learned { language, bias, threshold, threshold_with_rule, features }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        static FILE: [u8; 40] = [0; 40];
        let is_read = |length: usize| weights(Language::English, &FILE[..length]).is_some();
        assert!(is_read(24) && is_read(32) && is_read(40));
        for length in [0, 20, 23, 25, 28, 36, 39] {
            assert!(!is_read(length), "{length}");
        }
    }
}
