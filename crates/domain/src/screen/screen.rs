//! The screen: every rule book looks at every text, as people mix languages.
use super::{level::Assessment, rules::Rules, text};

/// The rules for messages and for answers, of every language.
pub struct Screen {
    messages: Vec<Rules>,
    answers: Vec<Rules>,
}

impl Screen {
    #[must_use]
    pub fn new(messages: Vec<Rules>, answers: Vec<Rules>) -> Self {
        Self { messages, answers }
    }
    /// What a person's message says about danger to themselves or others.
    #[must_use]
    pub fn of_message(&self, text: &str) -> Assessment<'_> {
        assess(&self.messages, text)
    }
    /// Whether an answer of the assistant encourages harm or advises doses.
    #[must_use]
    pub fn of_answer(&self, text: &str) -> Assessment<'_> {
        assess(&self.answers, text)
    }
}

fn assess<'a>(rules: &'a [Rules], text: &str) -> Assessment<'a> {
    let tokens = text::tokens(text);
    let found = rules.iter().map(|rules| rules.assess(&tokens));
    found.fold(Assessment::default(), |best, next| if next.level > best.level { next } else { best })
}
