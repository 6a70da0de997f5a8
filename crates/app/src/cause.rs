//! The innermost cause of a failure: the one that tells an operator what to do.
use std::error::Error;

/// On one line, as every message to an operator is.
pub(crate) fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
