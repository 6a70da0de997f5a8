//! What a model is asked, and what it answers.
use std::time::Duration;

/// From the request until the whole answer.
pub const ANSWER_MAX: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// What the operator tells the model of its task.
    System,
    User,
    Assistant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub speaker: Speaker,
    pub text: String,
}

/// Nothing in it names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The oldest first; the last is what the user says now. A service without memory is asked that one alone.
    pub turns: Vec<Turn>,
    /// Stands for the account, so that the model's operator can tell its users apart: a keyed hash.
    pub user: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelAnswer {
    /// Never blank.
    pub text: String,
    /// As the model names itself.
    pub model: String,
    /// `None` if it counts none.
    pub tokens: Option<Tokens>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    pub question: u32,
    pub answer: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelFailure {
    #[error("no model is configured")]
    NotConfigured,
    /// It cannot be reached, is overloaded, or failed so often that it is left alone for a while.
    #[error("the model is away")]
    Away,
    #[error("the model took too long")]
    Late,
    /// Not an answer: refused, malformed, too large, or blank.
    #[error("the model gave no valid answer")]
    BadAnswer,
}
