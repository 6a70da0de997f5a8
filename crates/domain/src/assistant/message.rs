//! What was said, as it is kept.
use crate::shared::{FieldError, Lend, Timestamp, id, text};

id!(/// A session: messages with less than twelve hours of silence between them.
    SessionId);
id!(/// One message of a session.
    MessageId);

/// What a user writes: trimmed, of several lines, not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// Characters.
    pub const MAX: usize = 8_000;

    /// # Errors
    /// As [`text::prose`], and [`FieldError::Blank`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        text::prose(raw, Self::MAX).and_then(text::not_blank).map(Self)
    }
    /// What can be kept of a text that cannot be refused.
    pub(super) fn kept(raw: &str) -> Self {
        let kept = raw.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(Self::MAX);
        Self(kept.collect())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who said it, as the seed names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    User,
    Model,
    /// We: a fixed text in place of the model's, or beneath it.
    System,
}

impl Sender {
    pub const ALL: [Self; 3] = [Self::User, Self::Model, Self::System];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Model => "gpt",
            Self::System => "system",
        }
    }
}

/// What the screen found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenResult {
    /// The user's message tells of danger: the model was not asked.
    Danger,
    /// Message or answer tell of distress: crisis lines stand beneath the answer.
    Worry,
    /// The model's answer would have done harm: a fixed text stands for it.
    Harmful,
}

impl ScreenResult {
    pub const ALL: [Self; 3] = [Self::Danger, Self::Worry, Self::Harmful];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Worry => "worry",
            Self::Harmful => "harmful",
        }
    }
}

/// A stored message. `S` as in [`Lend`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<S = String> {
    pub id: MessageId,
    pub session: SessionId,
    pub sender: Sender,
    pub text: S,
    pub at: Timestamp,
    /// Of a model's answer.
    pub origin: Option<AnswerOrigin<S>>,
    pub screen: Option<ScreenResult>,
}

/// How an answer came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOrigin<S = String> {
    /// As the model names itself.
    pub model: S,
    /// Milliseconds.
    pub took: u32,
    /// Of question and answer together.
    pub tokens: u32,
}

impl Lend for Message {
    type Lent<'a> = Message<&'a str>;
}

impl<S> Message<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Message<T> {
        let Self { id, session, sender, text: said, at, origin, screen } = self;
        let origin = origin.map(|AnswerOrigin { model, took, tokens }| AnswerOrigin {
            model: text(model),
            took,
            tokens,
        });
        Message { id, session, sender, text: text(said), at, origin, screen }
    }
}
