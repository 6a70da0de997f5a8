//! The JSON of the chat-completions API, as far as we need it. What else servers say is ignored.
use domain::assistant::{Question, Speaker, Tokens};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    user: &'a str,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

/// Without it a stream tells of no tokens.
#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(model: &'a str, question: &'a Question, stream: bool) -> Self {
        let messages = question.turns.iter();
        let messages =
            messages.map(|turn| Message { role: role(turn.speaker), content: &turn.text }).collect();
        let stream_options = stream.then_some(StreamOptions { include_usage: true });
        Self { model, messages, user: &question.user, stream, stream_options }
    }
}

fn role(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
    }
}

/// A whole answer.
#[derive(Deserialize)]
pub(super) struct Completion {
    #[serde(default, deserialize_with = "if_right")]
    pub(super) model: Option<String>,
    pub(super) choices: Vec<Choice>,
    #[serde(default, deserialize_with = "if_right")]
    pub(super) usage: Option<Usage>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) message: Said,
}

/// A piece of one.
#[derive(Deserialize)]
pub(super) struct Piece {
    #[serde(default, deserialize_with = "if_right")]
    pub(super) model: Option<String>,
    /// None in the last one, which tells of the tokens.
    #[serde(default)]
    pub(super) choices: Vec<Delta>,
    #[serde(default, deserialize_with = "if_right")]
    pub(super) usage: Option<Usage>,
    /// A server whose status was sent already tells of a failure so.
    pub(super) error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Delta {
    pub(super) delta: Option<Said>,
    /// Why the answer is over; `None` until it is.
    pub(super) finish_reason: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Said {
    pub(super) content: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Usage {
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
}

impl Usage {
    pub(super) fn tokens(&self) -> Option<Tokens> {
        Some(Tokens { question: self.prompt_tokens?, answer: self.completion_tokens? })
    }
}

/// What is not needed for an answer does not spoil it.
fn if_right<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(from).map(|value| serde_json::from_value(value).ok())
}
