//! What a log may tell of a failed request.
use std::error::Error;

/// The first of the causes: the others only say which request it was, and name its URL, which may hold a key.
pub(crate) fn cause(failure: reqwest::Error) -> String {
    let failure = failure.without_url();
    let mut cause: &dyn Error = &failure;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
