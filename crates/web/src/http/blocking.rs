//! The one hop from the async threads to those that may block.
use super::Refusal;
use actix_web::web;
use domain::shared::deadline;
use std::time::{Duration, Instant};

/// From the request's arrival, unless its route names another; then the caller is told 503. What has not been committed by
/// then never is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(2300);

pub(crate) fn deadline_from_now() -> Instant {
    Instant::now() + PATIENCE
}

/// One use case, whole, on a thread that may block.
///
/// # Errors
/// Those of the use case, and 503 at the deadline.
pub(crate) async fn run_blocking<T: Send + 'static>(
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    let in_time = move || {
        let _request = span.enter();
        if Instant::now() >= deadline {
            return Err(Refusal::UNAVAILABLE);
        }
        deadline::within(deadline, use_case)
    };
    match tokio::time::timeout_at(deadline.into(), web::block(in_time)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panicked)) => Err(Refusal::internal("a use case panicked")),
        Err(_late) => Err(Refusal::UNAVAILABLE),
    }
}
