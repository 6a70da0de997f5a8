//! Weights: what `seeds/crisis/train.py` has written.
use super::error::ScreenError;
use domain::{
    screen::{WeightBook, Weights},
    shared::Language,
};

/// In the file are thousandths.
const UNIT: f64 = 1_000.0;

pub(super) fn weights(
    language: Language,
    file: &'static str,
    text: &'static str,
) -> Result<Weights, ScreenError> {
    let features = Vec::with_capacity(text.lines().count());
    let mut book = WeightBook { language, features, ..WeightBook::default() };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let broken = || ScreenError::Weight { file, line: line.to_owned() };
        let (name, numbers) = parts(line).ok_or_else(broken)?;
        let exact = numbers.map(|number| f64::from(number) / UNIT);
        match name {
            "bias" => book.bias = exact,
            "threshold" => book.threshold = exact,
            "threshold with a rule" => book.threshold_with_rule = exact,
            feature => book.features.push((feature, numbers)),
        }
    }
    Ok(Weights::compile(&book))
}

fn parts(line: &str) -> Option<(&str, [i16; 2])> {
    let mut columns = line.split('\t');
    let (name, danger, worry) = (columns.next()?, columns.next()?, columns.next()?);
    Some((name, [danger.parse().ok()?, worry.parse().ok()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_feature_and_two_numbers() {
        assert_eq!(parts("w end\t-120\t3"), Some(("w end", [-120, 3])));
        for broken in ["w end\t1", "w end", "w end\t1\t40000", "w end\tone\t2"] {
            assert_eq!(parts(broken), None, "{broken}");
        }
    }
}
