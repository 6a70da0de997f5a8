//! What travels between the nodes: `{"from": node, "news": "alive" | "lost" | {kind: event}}`. All nodes run one
//! version, or two that follow each other: fields may be added, and an event that is not understood counts as lost. The
//! words and shapes are those of the first version.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    /// Which node sent it. It has told its own subscribers already.
    pub(super) from: u64,
    #[serde(rename = "news")]
    pub(super) payload: Payload,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Payload {
    Signal(Signal),
    /// One event, under the word for its kind.
    Event(Map<String, Value>),
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signal {
    /// The sender is there.
    Alive,
    /// The sender could not send some of its events.
    Lost,
}
