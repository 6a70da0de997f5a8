//! What many written examples have taught: how much each feature of a text speaks for danger, and for worry.
use super::{
    bits::Bits,
    features::{each_feature, hash},
    level::Level,
    segments::segments,
    text::{Span, Token},
};
use crate::shared::Language;

/// Pieces of a text that are judged together: what one sentence says, the next may take back.
const TOGETHER: usize = 3;

/// The weights of one language as they are written.
#[derive(Debug, Clone, Default)]
pub struct WeightBook<'a> {
    pub language: Language,
    /// Each with what it adds for danger and for worry.
    pub features: Vec<(&'a str, [i16; 2])>,
    /// Added to each text.
    pub bias: [f64; 2],
    /// From which sum on a text tells of danger, or of worry.
    pub threshold: [f64; 2],
    /// The same where a rule says so too.
    pub threshold_with_rule: [f64; 2],
}

/// The sums of a text: higher is more serious.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    pub danger: f64,
    pub worry: f64,
}

/// Compiled.
pub struct Weights {
    table: Table,
    /// Without the features.
    book: WeightBook<'static>,
}

#[derive(Clone, Copy, Default)]
struct Partial {
    sums: [i64; 2],
    count: u32,
}

impl Weights {
    #[must_use]
    pub fn compile(book: &WeightBook<'_>) -> Self {
        let WeightBook { language, bias, threshold, threshold_with_rule, .. } = *book;
        let rest = WeightBook { language, features: vec![], bias, threshold, threshold_with_rule };
        Self { table: Table::of(&book.features), book: rest }
    }

    /// What it gives, together with what the rules say.
    pub(super) fn level(&self, sums: Sums, rules: Level) -> Level {
        let is_over = |at: usize, sum: f64, rule: Level| {
            let threshold = if rules >= rule { self.book.threshold_with_rule } else { self.book.threshold };
            sum > threshold[at]
        };
        match () {
            () if is_over(0, sums.danger, Level::Danger) => Level::Danger,
            () if is_over(1, sums.worry, Level::Worry) => Level::Worry,
            () => Level::None,
        }
    }

    /// Of the most serious stretch of a text; `None` where no word is of this language.
    pub(super) fn sums(&self, tokens: &[Token]) -> Option<Sums> {
        if !tokens.iter().any(|token| is_of(self.book.language, &token.word)) {
            return None;
        }
        let partials: Vec<_> =
            segments(tokens).iter().map(|segment| self.partial(tokens, *segment)).collect();
        let stretches = partials.windows(TOGETHER.min(partials.len()).max(1));
        let sums = stretches.map(|stretch| self.whole(stretch));
        sums.reduce(|best, next| Sums {
            danger: best.danger.max(next.danger),
            worry: best.worry.max(next.worry),
        })
    }

    fn partial(&self, tokens: &[Token], segment: Span) -> Partial {
        let mut partial = Partial::default();
        each_feature(tokens.get(segment.start..segment.end).unwrap_or_default(), |feature| {
            partial.count += 1;
            let [danger, worry] = self.table.get(feature);
            partial.sums[0] += i64::from(danger);
            partial.sums[1] += i64::from(worry);
        });
        partial
    }

    /// Divided by the root of how many features there are: a long text has more of everything.
    #[allow(clippy::cast_precision_loss, reason = "sums of some thousand small numbers")]
    fn whole(&self, stretch: &[Partial]) -> Sums {
        let count: u32 = stretch.iter().map(|partial| partial.count).sum();
        let sum = |at: usize| {
            let sum: i64 = stretch.iter().map(|partial| partial.sums[at]).sum();
            sum as f64 / UNIT / f64::from(count.max(1)).sqrt() + self.book.bias[at]
        };
        Sums { danger: sum(0), worry: sum(1) }
    }
}

fn is_of(language: Language, word: &str) -> bool {
    word.starts_with(|c: char| match language {
        Language::Russian => matches!(c, '\u{400}'..='\u{4ff}'),
        Language::English => c.is_ascii_alphabetic(),
    })
}

/// Weights are written in thousandths.
const UNIT: f64 = 1_000.0;

/// Weights by the hash of their feature: a third of the memory of a map, and no second hash.
struct Table {
    bits: Bits,
    slots: Vec<(u32, [i16; 2])>,
    mask: usize,
}

impl Table {
    fn of(features: &[(&str, [i16; 2])]) -> Self {
        let size = (features.len() * 2).next_power_of_two().max(2);
        let hashes: Vec<u32> = features.iter().map(|(name, _)| hash(name)).collect();
        let bits = Bits::of(hashes.iter().map(|&hash| spread(hash)));
        let mut table = Self { bits, slots: vec![(0, [0; 2]); size], mask: size - 1 };
        for (hash, (_, weights)) in hashes.into_iter().zip(features) {
            let slot = table.slot(hash);
            if let Some(free) = table.slots.get_mut(slot) {
                *free = (hash, *weights);
            }
        }
        table
    }

    /// Nothing for a feature without weights.
    fn get(&self, hash: u32) -> [i16; 2] {
        if !self.bits.may_hold(spread(hash)) {
            return [0; 2];
        }
        self.slots.get(self.slot(hash)).map_or([0; 2], |(_, weights)| *weights)
    }

    /// Where it is, or would be: half of the table is free, so there is always an end. A free slot has weights of nothing.
    fn slot(&self, hash: u32) -> usize {
        let mut at = usize::try_from(hash).unwrap_or_default() & self.mask;
        while self.slots.get(at).is_some_and(|(other, weights)| *other != hash && *weights != [0; 2]) {
            at = (at + 1) & self.mask;
        }
        at
    }
}

/// As [`Bits`] looks at upper bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32
}

#[cfg(test)]
mod tests {
    use super::{super::text::tokens, *};

    fn weights() -> Weights {
        let features = [("w end", [4_000, 0]), ("w sad", [0, 4_000]), ("w shift", [-6_000, 0])];
        Weights::compile(&WeightBook {
            language: Language::English,
            features: features.to_vec(),
            bias: [-0.2, -0.2],
            threshold: [0.0, 0.0],
            threshold_with_rule: [-0.5, -0.5],
        })
    }

    fn level(text: &str, rules: Level) -> Level {
        let weights = weights();
        weights.sums(&tokens(text)).map_or(Level::None, |sums| weights.level(sums, rules))
    }

    #[test]
    fn what_speaks_for_and_against_is_added_up() {
        assert_eq!(level("the end", Level::None), Level::Danger);
        assert_eq!(level("so sad", Level::None), Level::Worry);
        assert_eq!(level("end of shift", Level::None), Level::None);
        assert_eq!(level("hello", Level::None), Level::None);
        assert_eq!(level("", Level::Danger), Level::None);
    }

    #[test]
    fn a_rule_lowers_what_is_asked_for() {
        assert_eq!(level("hello", Level::Danger), Level::Danger);
        assert_eq!(level("hello", Level::Worry), Level::Worry);
        // What is too little for danger is worry all the same.
        assert_eq!(level("shift shift", Level::Danger), Level::Worry);
        assert_eq!(level("shift shift", Level::None), Level::None);
    }

    #[test]
    fn a_sentence_is_found_in_a_long_text() {
        let long = format!("{} The end. {}", "Hello there. ".repeat(20), "And so on. ".repeat(20));
        assert_eq!(level(&long, Level::None), Level::Danger);
    }
}
