//! What conversations with a model need of the outside.
use super::{ModelAnswer, ModelFailure, Question};
use std::pin::Pin;

/// Hears an answer piece by piece, while the model makes it.
pub type OnDelta<'a> = &'a mut (dyn FnMut(&str) + Send);

/// A program that answers: a model behind a chat-completions server, or a service that takes one question and gives one answer.
pub trait Model: Send + Sync {
    /// Whether the operator has named one.
    fn is_configured(&self) -> bool;
    /// MUST take no longer than [`ANSWER_MAX`](super::ANSWER_MAX), and MUST tell failures in our own words. May be dropped at any time:
    /// it MUST then stop asking. The pieces that `on_delta` hears MUST be the answer when put together; a service that gives
    /// its answer whole may have it heard in one piece.
    fn ask<'a>(
        &'a self,
        question: &'a Question,
        on_delta: Option<OnDelta<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<ModelAnswer, ModelFailure>> + Send + 'a>>;
}
