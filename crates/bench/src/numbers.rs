//! Numbers for figures.

/// Sizes and counts are far below where a float loses the unit.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn as_f64(n: u64) -> f64 {
    n as f64
}
