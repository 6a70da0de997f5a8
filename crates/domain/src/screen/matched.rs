//! A match of a rule, and whether an exemption applies to it.
use super::{
    chart::{Chart, Lengths},
    grammar::Step,
    level::{Level, Scope},
    sequences::{MAX_WORDS, Watch},
    text::{Span, Token},
};

/// Where to look for what exempts a match.
pub(super) struct Exemption {
    pub(super) before: Option<Watch>,
    pub(super) after: Vec<Vec<Step>>,
    pub(super) clause: Option<Watch>,
    pub(super) sentence: Option<Watch>,
    pub(super) message: Option<Watch>,
    pub(super) except: Option<Watch>,
    pub(super) is_quoted: bool,
    pub(super) becomes: Level,
    pub(super) kind: Option<String>,
}

/// A place where a rule matches, with the most words that it can match.
pub(super) struct Match<'a> {
    chart: &'a Chart<'a>,
    tokens: &'a [Token],
    words: Span,
    clauses: Span,
    sentences: Span,
}

impl<'a> Match<'a> {
    pub(super) fn new(start: usize, lengths: Lengths, chart: &'a Chart<'a>, tokens: &'a [Token]) -> Self {
        let end = start + lengths.checked_ilog2().map_or(0, |length| length as usize);
        let first = tokens.get(start);
        let last = tokens.get(start.max(end.saturating_sub(1)));
        let around = |unit: fn(&Token) -> Span| Span {
            start: first.map_or(start, |token| unit(token).start),
            end: last.map_or(end, |token| unit(token).end),
        };
        let (clauses, sentences) = (around(|token| token.clause), around(|token| token.sentence));
        Self { chart, tokens, words: Span { start, end }, clauses, sentences }
    }
    pub(super) fn is_exempt(&self, exemption: &Exemption) -> bool {
        let applies = self.is_quoted(exemption)
            || exemption.before.is_some_and(|watch| self.has_before(watch))
            || exemption.after.iter().any(|steps| self.has_after(steps))
            || exemption.clause.is_some_and(|watch| self.has_in(watch, self.clauses))
            || exemption.sentence.is_some_and(|watch| self.has_in_sentence(watch))
            || exemption.message.is_some_and(|watch| self.has(watch));
        applies && !exemption.except.is_some_and(|watch| self.has(watch))
    }
    fn is_quoted(&self, exemption: &Exemption) -> bool {
        exemption.is_quoted && self.tokens.get(self.words.start).is_some_and(|token| token.is_quoted)
    }
    fn has(&self, watch: Watch) -> bool {
        !self.chart.places(watch).is_empty()
    }
    pub(super) fn has_in_sentence(&self, watch: Watch) -> bool {
        self.has_in(watch, self.sentences)
    }
    fn has_in(&self, watch: Watch, span: Span) -> bool {
        let places = self.chart.places(watch);
        let first = places.partition_point(|place| place.0 < span.start);
        places.get(first).is_some_and(|place| place.0 < span.end)
    }
    fn has_before(&self, watch: Watch) -> bool {
        let start = self.words.start;
        let from = self.tokens.get(start).map_or(start, |token| token.clause.start);
        let places = self.chart.places(watch);
        let places = &places[..places.partition_point(|place| place.0 < start)];
        let near = places.iter().rev().take_while(|place| place.0 >= from && start - place.0 <= MAX_WORDS);
        near.clone().any(|&(at, lengths)| lengths & 1 << (start - at) != 0)
    }
    fn has_after(&self, steps: &[Step]) -> bool {
        let end = self.words.end;
        let is_same_clause = self.tokens.get(end).is_some_and(|token| token.clause.start < end);
        is_same_clause && self.chart.lengths(steps, Scope::Clause, end) != 0
    }
}
