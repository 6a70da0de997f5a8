//! What the reconciler asks.
use super::HubEvent;
use crate::http::Refusal;
use domain::events::Topic;

/// Knows the truth about the topics of one module.
pub trait EventSource: Send + Sync {
    /// How far each topic goes, or what else tells its subscribers whether they missed something. Others' topics are passed
    /// over. May block.
    ///
    /// # Errors
    /// When the store fails: all topics are asked about again soon.
    fn state_of(&self, topics: &[Topic]) -> Result<Vec<(Topic, HubEvent)>, Refusal>;
}
