//! What an answer says of a message.
use domain::outbox::{Failure, Outcome};
use reqwest::StatusCode;

/// Refused for good is only what no setting can mend: 413 and 422 are about this message, and 410 says that nobody wants it. 400
/// is not among them: the libraries of the Standard Webhooks answer it to a wrong secret, which the operator can mend.
pub(super) fn outcome(status: StatusCode) -> Outcome {
    match status {
        status if status.is_success() => Outcome::Accepted,
        StatusCode::GONE | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
            Outcome::Refused(Failure::Letter)
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Outcome::Failed(Failure::Deferred),
        _ => Outcome::Failed(Failure::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_message_ends_its_tries() {
        for (statuses, expected) in [
            (&[200, 201, 202, 204, 299][..], Outcome::Accepted),
            (&[410, 413, 422], Outcome::Refused(Failure::Letter)),
            (&[429, 503], Outcome::Failed(Failure::Deferred)),
            (
                &[301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 409, 415, 500, 502, 504],
                Outcome::Failed(Failure::Unreachable),
            ),
        ] {
            for status in statuses {
                assert_eq!(outcome(StatusCode::from_u16(*status).unwrap()), expected, "{status}");
            }
        }
    }
}
