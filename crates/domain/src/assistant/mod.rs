//! Conversations with a model.
mod model;
pub mod ports;

pub use model::{ANSWER_MAX, ModelAnswer, ModelFailure, Question, Speaker, Tokens, Turn};
