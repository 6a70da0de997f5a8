//! The one hop from the async threads to those that may block.
use super::Problem;
use actix_web::web;
use std::time::Duration;

/// The caller is told 503 when the answer takes longer. The case itself is not cut off: a database that hangs is
/// noticed by its own time-outs.
const DEADLINE: Duration = Duration::from_millis(2400);

/// One use case, whole, on a thread that may block.
pub(crate) async fn run<T: Send + 'static>(
    case: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    // A case that waited in the queue beyond the deadline was given up: it must not start to write.
    let asked = std::time::Instant::now();
    let span = tracing::Span::current();
    let punctual = move || {
        let _request = span.enter();
        if asked.elapsed() < DEADLINE { case() } else { Err(Problem::unavailable()) }
    };
    match tokio::time::timeout(DEADLINE, web::block(punctual)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panicked)) => Err(Problem::broken("a use case panicked")),
        Err(_late) => Err(Problem::unavailable()),
    }
}
