//! What a request tells after its commit.
use crate::events::{EventBody, TopicAt};

/// Somebody waits for a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetRequested;

impl ResetRequested {
    pub const KIND: &str = "reset_requested";
}

impl EventBody for ResetRequested {
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    fn topics(&self) -> Vec<TopicAt> {
        vec![]
    }
    fn is_confidential(&self) -> bool {
        false
    }
}
