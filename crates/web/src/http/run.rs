//! The one hop from the async threads to those that may block.
use super::Problem;
use actix_web::web;
use domain::shared::{
    deadline,
    pledge::{self, Pledge},
};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

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
        Ok(deadline::within(deadline, || pledge::collect(case)))
    };
    let answer = async {
        let (answer, open) =
            web::block(punctual).await.map_err(|_panicked| Problem::broken("a use case panicked"))??;
        if let Some(pledge) = open {
            kept(&*pledge).await?;
        }
        answer
    };
    tokio::time::timeout_at(deadline.into(), answer).await.unwrap_or_else(|_late| Err(Problem::unavailable()))
}

/// Waits, without a thread, until what the case has changed is known to last.
async fn kept(pledge: &dyn Pledge) -> Result<(), Problem> {
    let (known, told) = oneshot::channel();
    pledge.tell(Box::new(move |outcome| drop(known.send(outcome))));
    Ok(told.await.map_err(|_gone| Problem::broken("nobody told whether a change was made"))??)
}
