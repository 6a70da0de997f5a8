//! What the operator decides.
use crate::shared::Language;
use std::num::NonZeroU32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistantSettings {
    /// What the model is told of its task.
    pub prompt: String,
    /// Of prompt, turns and message together.
    pub context_tokens: u32,
    /// Of one account. `None`: no limit.
    pub messages_per_hour: Option<NonZeroU32>,
    /// As above: of questions and answers together.
    pub tokens_per_day: Option<NonZeroU32>,
    /// Whether users must agree before anything of theirs leaves the server.
    pub needs_consent: bool,
    /// Whether the staff are told when a message tells of danger.
    pub notifies_staff: bool,
    /// Whose crisis lines are named to users whose profile names no country: two letters, or blank.
    pub country: String,
    /// Of what we say to somebody whose message has letters of neither alphabet.
    pub language: Language,
    /// `None`: messages are kept until their owner erases them.
    pub retention_days: Option<NonZeroU32>,
}
