//! What the metrics tell of the model.
const CALLS: &str = "assistant_calls_total";
const BREAKER_OPEN: &str = "assistant_breaker_open";

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered,
    Away,
    Late,
    BadAnswer,
    /// The breaker was open.
    NotAsked,
}

impl Outcome {
    const ALL: [Self; 5] = [Self::Answered, Self::Away, Self::Late, Self::BadAnswer, Self::NotAsked];

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Away => "away",
            Self::Late => "late",
            Self::BadAnswer => "bad_answer",
            Self::NotAsked => "not_asked",
        }
    }
}

/// Before the first question: see `web::metrics::register`.
pub fn register() {
    metrics::describe_counter!(
        CALLS,
        "Questions to the model by outcome; those whose client left are not counted"
    );
    metrics::describe_gauge!(
        BREAKER_OPEN,
        "1 while the model is not asked because it failed again and again"
    );
    for outcome in Outcome::ALL {
        metrics::counter!(CALLS, "outcome" => outcome.as_str()).absolute(0);
    }
    metrics::gauge!(BREAKER_OPEN).set(0);
}

pub(super) fn count(outcome: Outcome) {
    metrics::counter!(CALLS, "outcome" => outcome.as_str()).increment(1);
}

pub(super) fn breaker(is_open: bool) {
    metrics::gauge!(BREAKER_OPEN).set(u8::from(is_open));
}
