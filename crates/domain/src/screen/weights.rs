//! What many written examples have taught: how much each feature of a text speaks for danger, and for worry.
use super::{bits::Bits, buckets::Buckets, features::Features, level::Level, text::Token};
use crate::shared::Language;

/// Pieces of a text that are judged together: what one sentence says, the next may take back.
const TOGETHER: usize = 3;
/// How much the most serious piece by itself adds to the most serious pieces together: else a danger is lost behind a harmless
/// sentence.
const ALONE: f64 = 0.5;
/// Subtracted from the sums of a text, times the natural logarithm of the number of its pieces: the maximum of many harmless pieces
/// is higher than that of a few.
const LENGTH: f64 = 0.6;
/// The number of pieces is capped at this, which few messages exceed: otherwise a danger in the middle of a whole diary is missed.
const MAX_COUNTED: u32 = 12;

/// What was learned of one language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Learned {
    pub language: Language,
    /// Added to each text, for danger and for worry.
    pub bias: [f64; 2],
    /// From which sum on a text tells of danger, or of worry.
    pub threshold: [f64; 2],
    /// The same where a rule says so too.
    pub threshold_with_rule: [f64; 2],
    pub features: PackedFeatures,
}

/// Features with their weights in the order of their hashes, read where they stand in the binary: nothing of them is parsed or copied.
///
/// Of each, little-endian: its hash, of 32 bits; what it adds for danger, and for worry, in thousandths, of 16 bits each.
pub type PackedFeatures = &'static [[u8; 8]];

/// The sums of a text: higher is more serious.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    pub danger: f64,
    pub worry: f64,
}

/// Packed weights with an index.
pub struct Weights {
    table: Table,
    learned: Learned,
}

#[derive(Clone, Copy, Default)]
struct Partial {
    sums: [i64; 2],
    count: u32,
}

impl Weights {
    #[must_use]
    pub fn new(learned: Learned) -> Self {
        Self { table: Table::of(learned.features), learned }
    }

    /// What it gives, together with what the rules say.
    pub(super) fn level(&self, sums: Sums, rules: Level) -> Level {
        let is_over = |at: usize, sum: f64, rule: Level| {
            let threshold =
                if rules >= rule { self.learned.threshold_with_rule } else { self.learned.threshold };
            sum > threshold[at]
        };
        match () {
            () if is_over(0, sums.danger, Level::Danger) => Level::Danger,
            () if is_over(1, sums.worry, Level::Worry) => Level::Worry,
            () => Level::None,
        }
    }

    /// Of the most serious stretch of a text; `None` where no word is of this language.
    pub(super) fn sums(&self, tokens: &[Token], features: &Features) -> Option<Sums> {
        if !tokens.iter().any(|token| is_of(self.learned.language, &token.word)) {
            return None;
        }
        let mut known = Vec::new();
        let partials: Vec<_> = features.pieces().map(|piece| self.partial(piece, &mut known)).collect();
        let together = self.most_serious(partials.windows(TOGETHER.min(partials.len()).max(1)))?;
        let alone = self.most_serious(partials.chunks(1))?;
        let counted = u32::try_from(partials.len()).unwrap_or(MAX_COUNTED).min(MAX_COUNTED);
        let length = LENGTH * f64::from(counted).ln();
        Some(Sums {
            danger: together.danger + ALONE * alone.danger - length,
            worry: together.worry + ALONE * alone.worry - length,
        })
    }

    fn most_serious<'p>(&self, stretches: impl Iterator<Item = &'p [Partial]>) -> Option<Sums> {
        stretches.map(|stretch| self.whole(stretch)).reduce(|best, next| Sums {
            danger: best.danger.max(next.danger),
            worry: best.worry.max(next.worry),
        })
    }

    /// `known` is memory to be used again.
    fn partial(&self, piece: &[u32], known: &mut Vec<u32>) -> Partial {
        self.table.may_hold(piece, known);
        let mut sums = [0; 2];
        for &hash in &*known {
            let [danger, worry] = self.table.get(hash);
            sums[0] += i64::from(danger);
            sums[1] += i64::from(worry);
        }
        Partial { sums, count: u32::try_from(piece.len()).unwrap_or(u32::MAX) }
    }

    /// Divided by the root of how many features there are: a long text has more of everything.
    #[allow(clippy::cast_precision_loss, reason = "sums of some thousand small numbers")]
    fn whole(&self, stretch: &[Partial]) -> Sums {
        let count: u32 = stretch.iter().map(|partial| partial.count).sum();
        let sum = |at: usize| {
            let sum: i64 = stretch.iter().map(|partial| partial.sums[at]).sum();
            sum as f64 / UNIT / f64::from(count.max(1)).sqrt() + self.learned.bias[at]
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

/// Where in the packed weights to look.
struct Table {
    packed: PackedFeatures,
    bits: Bits,
    buckets: Buckets,
}

impl Table {
    fn of(packed: PackedFeatures) -> Self {
        let hashes = packed.iter().map(|feature| whole(hash(feature)));
        Self { packed, bits: Bits::of(hashes.clone()), buckets: Buckets::of(hashes) }
    }

    /// Those that may have weights. Without a branch that depends on them: which ones do cannot be foreseen, and each guess that is
    /// wrong costs as much as a look-up.
    fn may_hold(&self, hashes: &[u32], known: &mut Vec<u32>) {
        known.clear();
        known.resize(hashes.len(), 0);
        let mut count = 0;
        for &hash in hashes {
            known[count] = hash;
            count += usize::from(self.bits.may_hold(whole(hash)));
        }
        known.truncate(count);
    }

    /// Nothing for a feature without weights.
    fn get(&self, wanted: u32) -> [i16; 2] {
        let mut features = self.packed[self.buckets.range(whole(wanted))].iter();
        let found = features.find(|feature| hash(feature) == wanted);
        found.map_or([0; 2], |&[.., a, b, c, d]| [[a, b], [c, d]].map(i16::from_le_bytes))
    }
}

fn hash(&[a, b, c, d, ..]: &[u8; 8]) -> u32 {
    u32::from_le_bytes([a, b, c, d])
}

/// Of the upper half.
fn whole(hash: u32) -> u64 {
    u64::from(hash) << 32
}

#[cfg(test)]
mod tests {
    use super::{
        super::{RuleBook, RuleText, Rules, Screen, hash::of_feature, text::tokens},
        *,
    };

    fn weights() -> Weights {
        let mut features = [("w end", [14_000, 0]), ("w sad", [0, 4_000]), ("w shift", [-20_000_i16, 0])];
        features.sort_by_key(|(name, _)| of_feature(name));
        let features = features.map(|(name, [danger, worry])| {
            let [a, b, c, d] = of_feature(name).to_le_bytes();
            let ([e, f], [g, h]) = (danger.to_le_bytes(), worry.to_le_bytes());
            [a, b, c, d, e, f, g, h]
        });
        Weights::new(Learned {
            language: Language::English,
            bias: [-0.2, -0.2],
            threshold: [0.0, 0.0],
            threshold_with_rule: [-0.5, -0.5],
            features: Vec::from(features).leak(),
        })
    }

    fn level(text: &str, rules: Level) -> Level {
        let (weights, tokens) = (weights(), tokens(text));
        weights.sums(&tokens, &Features::of(&tokens)).map_or(Level::None, |sums| weights.level(sums, rules))
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

    #[test]
    fn a_sentence_is_found_between_long_harmless_ones() {
        let long = "we went along the river and past the old mill until we came to the road ".trim_end();
        let text = format!("{long}. The end. {long}.");
        assert_eq!(level(&text, Level::None), Level::Danger);
        assert_eq!(level(&format!("{long}. {long}. {long}."), Level::None), Level::None);
    }

    #[test]
    fn a_certain_rule_decides_unless_the_weights_say_danger() {
        let rule = RuleText {
            level: Level::Worry,
            kind: "test".into(),
            certain: true,
            matches: vec!["the".into()],
            ..RuleText::default()
        };
        let rules = Rules::compile(&RuleBook { rules: vec![rule], ..RuleBook::default() }).unwrap();
        let screen = Screen::new(vec![rules], vec![weights()], vec![]);
        for (text, level) in [
            ("the end", Level::Danger),
            ("the end of shift", Level::Worry),
            ("the shift", Level::Worry),
            ("shift", Level::None),
        ] {
            assert_eq!(screen.of_message(text).level, level, "{text}");
        }
    }
}
