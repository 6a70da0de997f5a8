//! Weights: what `seeds/crisis/train.py` has written and `build/weights.rs` has packed.
use domain::{
    screen::{Learned, PackedFeatures, Weights},
    shared::Language,
};

/// In the file are thousandths.
const UNIT: f64 = 1_000.0;

/// `None` if the file is too short.
pub(super) fn weights(language: Language, packed: &'static [u8]) -> Option<Weights> {
    let (words, _) = packed.as_chunks::<4>();
    let (settings, features) = words.split_first_chunk::<6>()?;
    let [a, b, c, d, e, f] = settings.map(|word| f64::from(i32::from_le_bytes(word)) / UNIT);
    let (hashes, weights) = features.split_at(features.len() / 2);
    let features = PackedFeatures { hashes, weights };
    let (bias, threshold, threshold_with_rule) = ([a, b], [c, d], [e, f]);
    Some(Weights::new(Learned { language, bias, threshold, threshold_with_rule, features }))
}
