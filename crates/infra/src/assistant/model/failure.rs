//! Why a question has no answer, in our own words: the server's may hold anything.
use super::metrics::Outcome;
use domain::assistant::ModelFailure;
use reqwest::StatusCode;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// No answer began, at the second try neither; with the cause, which is not the server's to word.
    Unreachable(String),
    /// Any status but one of success.
    Status(StatusCode),
    /// The connection ended before the answer did.
    Broken,
    /// The server told of a failure in the middle of its answer.
    GaveUp,
    Late,
    /// Not the JSON or the events that it should be.
    Malformed,
    TooLarge,
    Blank,
}

impl Failure {
    pub(super) fn told(&self) -> ModelFailure {
        match self {
            Self::Unreachable(_) | Self::Broken | Self::GaveUp => ModelFailure::Away,
            Self::Late | Self::Status(StatusCode::GATEWAY_TIMEOUT) => ModelFailure::Late,
            Self::Status(StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => ModelFailure::Away,
            Self::Status(status) if status.is_server_error() => ModelFailure::Away,
            Self::Status(_) | Self::Malformed | Self::TooLarge | Self::Blank => ModelFailure::BadAnswer,
        }
    }

    /// Whether the server does its work for all that. Redirects and refusals come at once and are about our settings or this one
    /// question, as are answers that are blank or too long: were they counted, one person's question could take the model from all
    /// others.
    pub(super) fn is_by_a_sound_server(&self) -> bool {
        match self {
            Self::Status(_) => self.told() == ModelFailure::BadAnswer,
            Self::TooLarge | Self::Blank => true,
            Self::Unreachable(_) | Self::Broken | Self::GaveUp | Self::Late | Self::Malformed => false,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.told() {
            ModelFailure::Away | ModelFailure::NotConfigured => Outcome::Away,
            ModelFailure::Late => Outcome::Late,
            ModelFailure::BadAnswer => Outcome::BadAnswer,
        }
    }

    pub(super) fn log(&self) {
        let failure = self.as_str();
        match self {
            Self::Unreachable(error) => tracing::warn!(failure, error, "the model gave no answer"),
            Self::Status(status) => {
                tracing::warn!(failure, status = status.as_u16(), "the model gave no answer")
            }
            _ => tracing::warn!(failure, "the model gave no answer"),
        }
    }

    fn as_str(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "it cannot be reached",
            Self::Status(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => "ASSISTANT_API_KEY was refused",
            Self::Status(status) if status.is_redirection() => "it redirects: mend ASSISTANT_URL",
            Self::Status(_) => "its status",
            Self::Broken => "its connection broke",
            Self::GaveUp => "it gave up",
            Self::Late => "it took too long",
            Self::Malformed => "it did not speak the chat-completions API",
            Self::TooLarge => "its answer was too large",
            Self::Blank => "its answer was blank",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_can_mend_counts_against_it() {
        for (statuses, told, sound) in [
            (&[301, 302, 307, 308, 400, 401, 403, 404, 413, 422][..], ModelFailure::BadAnswer, true),
            (&[408, 429, 500, 502, 503, 529], ModelFailure::Away, false),
            (&[504], ModelFailure::Late, false),
        ] {
            for status in statuses {
                let failure = Failure::Status(StatusCode::from_u16(*status).unwrap());
                assert_eq!((failure.told(), failure.is_by_a_sound_server()), (told, sound), "{status}");
            }
        }
    }
}
