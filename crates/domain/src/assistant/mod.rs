//! Conversations with a model, and the screen that comes before it: who is in danger is told of human help, whatever becomes of
//! the model.
mod context;
mod error;
mod exchange;
mod lines;
mod mask;
mod message;
mod model;
pub mod ports;
mod sentences;
mod service;
mod settings;
mod sheet;

pub use error::{AssistantError, Result};
pub use exchange::{Agreement, Answer, Claim, Claimed, Erasure, Exchange, SILENCE, Withdrawal};
pub use lines::{CrisisCountry, CrisisLine, CrisisLines};
pub use message::{AnswerOrigin, Message, MessageId, Said, ScreenResult, Sender, SessionId};
pub use model::{ANSWER_MAX, ModelAnswer, ModelFailure, Question, Speaker, Tokens, Turn};
pub use sentences::{Passed, Sentences};
pub use service::{Asking, AssistantService, Begun};
pub use settings::AssistantSettings;
pub use sheet::{AssistantSheet, PrivateValues, TherapistContact};
