//! The one hop from the async threads to those that may block.
use super::Problem;
use actix_web::web;
use domain::shared::deadline;
use std::time::{Duration, Instant};

/// From the request's arrival; then the caller is told 503. What has not been committed by then never is.
const PATIENCE: Duration = Duration::from_millis(2300);

pub(crate) fn deadline_from_now() -> Instant {
    Instant::now() + PATIENCE
}

/// One use case, whole, on a thread that may block.
pub(crate) async fn run<T: Send + 'static>(
    deadline: Instant,
    case: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let span = tracing::Span::current();
    let punctual = move || {
        let _request = span.enter();
        if Instant::now() >= deadline {
            return Err(Problem::unavailable());
        }
        deadline::within(deadline, case)
    };
    match tokio::time::timeout_at(deadline.into(), web::block(punctual)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panicked)) => Err(Problem::broken("a use case panicked")),
        Err(_late) => Err(Problem::unavailable()),
    }
}
