//! The screen: every rule book looks at every text, as people mix languages, and what is known from examples decides with them.
use super::{
    features::Features,
    level::{Assessment, Level},
    rules::Rules,
    text::{self, Token},
    weights::Weights,
};

/// The rules for messages and for answers, of every language.
pub struct Screen {
    messages: Vec<Rules>,
    /// One of each language. Without any the rules decide alone.
    weights: Vec<Weights>,
    answers: Vec<Rules>,
}

impl Screen {
    #[must_use]
    pub fn new(messages: Vec<Rules>, weights: Vec<Weights>, answers: Vec<Rules>) -> Self {
        Self { messages, weights, answers }
    }

    /// What a person's message says about danger to themselves or others. The weights look first, as they cost the same whatever a
    /// text says: of one that is danger to them the rules are not asked, whose cost grows with how many of their words it has.
    #[must_use]
    pub fn of_message(&self, text: &str) -> Assessment<'_> {
        let tokens = text::tokens(text);
        let features = Features::of(&tokens);
        let sums = |weights| Some((weights, Weights::sums(weights, &tokens, &features)?));
        let learned: Vec<_> = self.weights.iter().filter_map(sums).collect();
        let level = |by_rule| learned.iter().map(|(weights, sums)| weights.level(*sums, by_rule)).max();
        if level(Level::None) == Some(Level::Danger) {
            return by_weights(Level::Danger);
        }
        let by_rule = assess(&self.messages, &tokens);
        match level(by_rule.level) {
            Some(level) if !by_rule.certain && level != by_rule.level => by_weights(level),
            _ => by_rule,
        }
    }

    /// What the rules alone say: for those who write rules and train weights, and of texts that are nobody's message.
    #[must_use]
    pub fn by_rules(&self, text: &str) -> Assessment<'_> {
        assess(&self.messages, &text::tokens(text))
    }

    /// Whether an answer of the assistant encourages harm or advises doses.
    #[must_use]
    pub fn of_answer(&self, text: &str) -> Assessment<'_> {
        assess(&self.answers, &text::tokens(text))
    }
}

/// What no rule decided.
fn by_weights(level: Level) -> Assessment<'static> {
    Assessment { level, kind: (level > Level::None).then_some("learned"), certain: false }
}

fn assess<'a>(rules: &'a [Rules], tokens: &[Token]) -> Assessment<'a> {
    let found = rules.iter().map(|rules| rules.assess(tokens));
    found.fold(Assessment::default(), |best, next| if next.level > best.level { next } else { best })
}
