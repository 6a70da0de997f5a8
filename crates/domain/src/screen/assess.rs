//! The screen: every rule book looks at every text, as people mix languages, and what is known from examples decides with them.
use super::{
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

    /// What a person's message says about danger to themselves or others.
    #[must_use]
    pub fn of_message(&self, text: &str) -> Assessment<'_> {
        let tokens = text::tokens(text);
        let by_rule = assess(&self.messages, &tokens);
        if by_rule.certain {
            return by_rule;
        }
        let learned = self.weights.iter().filter_map(|weights| {
            let sums = weights.sums(&tokens)?;
            Some(weights.level(sums, by_rule.level))
        });
        match learned.max() {
            None => by_rule,
            Some(level) if level == by_rule.level => by_rule,
            Some(level) => {
                Assessment { level, kind: (level > Level::None).then_some(LEARNED), certain: false }
            }
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

/// The kind of what no rule decided.
const LEARNED: &str = "learned";

fn assess<'a>(rules: &'a [Rules], tokens: &[Token]) -> Assessment<'a> {
    let found = rules.iter().map(|rules| rules.assess(tokens));
    found.fold(Assessment::default(), |best, next| if next.level > best.level { next } else { best })
}
