//! A compiled rule book, and what it says of a text.
use super::{
    chart::Chart,
    level::{Assessment, Level},
    matched::{Exemption, Match},
    sequences::{Sequences, Watch},
    text::{Span, Token},
    words::{Known, Words},
};

/// The rules of one language, compiled.
pub struct Rules {
    pub(super) words: Words,
    pub(super) sequences: Sequences,
    /// Finds what no rule may see, as its one watched symbol.
    pub(super) harmless: Option<Sequences>,
    pub(super) exemptions: Vec<Exemption>,
    /// The most serious first, and of those the certain ones.
    pub(super) rules: Vec<Rule>,
}

pub(super) struct Rule {
    pub(super) level: Level,
    pub(super) kind: String,
    pub(super) certain: bool,
    pub(super) matches: Watch,
    pub(super) with_sentence: Option<Watch>,
    pub(super) with_message: Option<Watch>,
    pub(super) exemptions: Vec<usize>,
}

impl Rules {
    pub(super) fn assess(&self, tokens: &[Token]) -> Assessment<'_> {
        let mut words = self.words.find(tokens);
        if words.is_nothing() {
            return Assessment::default();
        }
        self.clear_harmless(tokens, &mut words);
        let chart = Chart::new(&self.sequences, tokens, &words);
        let mut best = Assessment::default();
        for rule in &self.rules {
            if rule.level <= best.level {
                break;
            }
            best = self.best_match(rule, &chart, tokens, best);
        }
        best
    }
    fn clear_harmless(&self, tokens: &[Token], words: &mut Known) {
        let Some(harmless) = &self.harmless else { return };
        let chart = Chart::new(harmless, tokens, words);
        for &(at, lengths) in chart.places(0) {
            words.forget(Span { start: at, end: at + lengths.trailing_zeros() as usize });
        }
    }
    fn best_match<'a>(
        &'a self,
        rule: &'a Rule,
        chart: &Chart<'_>,
        tokens: &[Token],
        mut best: Assessment<'a>,
    ) -> Assessment<'a> {
        if rule.with_message.is_some_and(|watch| chart.places(watch).is_empty()) {
            return best;
        }
        for &(start, lengths) in chart.places(rule.matches) {
            let found = Match::new(start, lengths, chart, tokens);
            if rule.with_sentence.is_some_and(|watch| !found.has_in_sentence(watch)) {
                continue;
            }
            let given = self.given(rule, &found);
            if given.level > best.level {
                best = given;
            }
            if best.level == rule.level {
                break;
            }
        }
        best
    }
    fn given<'a>(&'a self, rule: &'a Rule, found: &Match<'_>) -> Assessment<'a> {
        let mut given = Assessment { level: rule.level, kind: Some(&rule.kind), certain: rule.certain };
        let exemptions = rule.exemptions.iter().filter_map(|&index| self.exemptions.get(index));
        for exemption in exemptions.filter(|exemption| exemption.becomes < rule.level) {
            if exemption.becomes < given.level && found.is_exempt(exemption) {
                given = Assessment {
                    level: exemption.becomes,
                    kind: exemption.kind.as_deref().or(Some(&rule.kind)),
                    certain: false,
                };
            }
        }
        given
    }
}
