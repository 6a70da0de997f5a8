//! What some scenarios tell beside the figures that all have.
use serde::Serialize;

/// What became of alarms that were raised at the same moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AlarmRound {
    pub alarms: usize,
    /// With 200.
    pub answered: u64,
    pub letters: usize,
    pub accepted: usize,
    /// From a press until the mail server hears of its first letter.
    pub first_p50_ms: f64,
    pub first_p99_ms: f64,
    pub first_max_ms: f64,
    pub answer_p50_ms: f64,
    pub answer_p99_ms: f64,
    /// From the first press until the last letter is accepted.
    pub last_letter_ms: f64,
}

/// What a server that is asked too much is measured by.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Overload {
    pub capacity: f64,
    pub asked: f64,
    pub served: f64,
    pub served_p50_ms: f64,
    pub served_p99_ms: f64,
    pub refused: f64,
    pub refused_p99_ms: f64,
    pub health_max_ms: f64,
    pub above_rest_mib: f64,
    pub recovered_ms: f64,
}

/// What becomes of messages to the assistant while its model answers, and while it hangs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AssistantRound {
    pub messages: f64,
    pub answer_p50_ms: f64,
    pub answer_p99_ms: f64,
    /// Of an answer, without the time that the model took for it.
    pub added_p50_ms: f64,
    pub added_p99_ms: f64,
    /// Of the server's process, for one message.
    pub cpu_ms: f64,
    /// Of unread counts, while nobody talks with the model.
    pub unread_p99_ms: f64,
    /// As above, while calls hang.
    pub unread_hung_p99_ms: f64,
    /// Of messages that tell of danger, while calls hang.
    pub danger_p50_ms: f64,
    pub danger_p99_ms: f64,
}

impl AssistantRound {
    pub(crate) fn ratio(&self) -> f64 {
        self.unread_hung_p99_ms / self.unread_p99_ms.max(f64::MIN_POSITIVE)
    }
}

/// What the screen takes for one text.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ScreenTime {
    pub of: &'static str,
    pub bytes: usize,
    pub runs: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}
