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

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use domain::shared::StoreError;
    use std::sync::{Arc, Mutex};

    type Listener = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

    /// A commit that is known when the test says so.
    #[derive(Default)]
    struct Commit(Mutex<Option<Listener>>);

    impl Pledge for Commit {
        fn wait(&self) -> Result<(), StoreError> {
            panic!("waited for on a thread")
        }
        fn tell(&self, whom: Listener) {
            *self.0.lock().unwrap() = Some(whom);
        }
    }

    async fn answered(
        case: Result<u8, Problem>,
        outcome: Result<(), StoreError>,
    ) -> Result<u8, (StatusCode, &'static str)> {
        let commit = Arc::new(Commit::default());
        let pledged = commit.clone();
        let answer = actix_web::rt::spawn(run(deadline_from_now(), move || {
            pledge::make(pledged)?;
            case
        }));
        let listener = loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(!answer.is_finished(), "nobody asked whether it is known");
            if let Some(listener) = commit.0.lock().unwrap().take() {
                break listener;
            }
        };
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!answer.is_finished(), "answered before it was known");
        listener(outcome);
        answer.await.unwrap().map_err(|problem| (problem.status, problem.code))
    }

    #[actix_web::test]
    async fn an_answer_and_a_refusal_leave_when_the_commit_is_known_and_not_if_it_was_lost() {
        let refusal = || Err(Problem::forbidden("no", "No."));
        let lost = || Err(StoreError::unavailable("lost"));
        let unavailable = Err((StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert_eq!(answered(Ok(7), Ok(())).await, Ok(7));
        assert_eq!(answered(refusal(), Ok(())).await, Err((StatusCode::FORBIDDEN, "no")));
        assert_eq!(answered(Ok(7), lost()).await, unavailable);
        assert_eq!(answered(refusal(), lost()).await, unavailable);
    }
}
