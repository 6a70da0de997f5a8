//! The one hop from the async threads to those that may block.
use super::{
    Refusal,
    queue::QueuePlace,
    threads::{Admission, Threads},
};
use crate::{each_second::EachSecond, metrics::REQUESTS_SHED};
use domain::shared::deadline;
use std::time::{Duration, Instant};

/// From the request's arrival, unless its route names another; then the caller is told 503. What has not been committed by
/// then never is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(2300);

pub(crate) fn deadline_from_now() -> Instant {
    Instant::now() + PATIENCE
}

static EACH_SECOND: EachSecond = EachSecond::new();

/// Too many wait, for what `queue` names: the label of the metric.
pub(super) fn shed(queue: &'static str) -> Refusal {
    metrics::counter!(REQUESTS_SHED, "queue" => queue).increment(1);
    if EACH_SECOND.is_due() {
        tracing::warn!(queue, "overloaded: requests are refused");
    }
    Refusal::UNAVAILABLE
}

/// One use case, whole, on a thread that may block.
///
/// # Errors
/// Those of the use case; 503 at once when too many wait, and at the deadline.
pub(crate) async fn run_blocking<T: Send + 'static>(
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let admission = threads.admit().ok_or_else(|| shed("threads"))?;
    run_in(admission, threads, deadline, use_case).await
}

/// What is bounded elsewhere, or the next part of what has begun: it is not refused for those who wait.
///
/// # Errors
/// Those of the use case, and 503 at the deadline.
pub(crate) async fn go_on_blocking<T: Send + 'static>(
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    run_in(threads.admit_anyway(), threads, deadline, use_case).await
}

async fn run_in<T: Send + 'static>(
    admission: Admission,
    threads: &Threads,
    deadline: Instant,
    use_case: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    let in_time = move |mut place: QueuePlace| {
        let _request = span.enter();
        if Instant::now() >= deadline {
            return Err(Refusal::UNAVAILABLE);
        }
        place.begin();
        deadline::within(deadline, use_case)
    };
    match tokio::time::timeout_at(deadline.into(), threads.run(admission, in_time)).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(Refusal::internal("a use case panicked")),
        Err(_late) => Err(Refusal::UNAVAILABLE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ThreadPools;
    use futures_util::future::join_all;
    use std::sync::{Arc, Barrier};

    const A_JOB: Duration = Duration::from_millis(50);

    async fn crowd(threads: &Threads, size: usize) -> Vec<(bool, Duration)> {
        let begun = Instant::now();
        let slow = || {
            std::thread::sleep(A_JOB);
            Ok(())
        };
        let job =
            || async { (run_blocking(threads, begun + PATIENCE * 4, slow).await.is_ok(), begun.elapsed()) };
        join_all((0..size).map(|_| job())).await
    }

    #[actix_web::test]
    async fn who_would_wait_too_long_is_refused_at_once_and_the_others_are_served() {
        let threads = ThreadPools::embedded(1, 2, 1).unwrap().changes;
        // Until the pool knows how long a job takes.
        for _ in 0..100 {
            crowd(&threads, 2).await;
        }
        let heard = crowd(&threads, 60).await;
        let (served, refused): (Vec<_>, Vec<_>) = heard.into_iter().partition(|(served, _)| *served);
        assert!((8..=14).contains(&served.len()), "{}", served.len());
        let refused_after = refused.iter().map(|(_, took)| *took).max().unwrap();
        let served_after = served.iter().map(|(_, took)| *took).min().unwrap();
        assert!(refused_after < served_after, "{refused_after:?} {served_after:?}");
    }

    #[actix_web::test]
    async fn reserved_threads_refuse_nobody() {
        let threads = ThreadPools::remote(1, 2).unwrap().reserved;
        assert!(crowd(&threads, 60).await.into_iter().all(|(served, _)| served));
    }

    #[actix_web::test]
    async fn reserved_changes_of_an_embedded_database_wait_for_a_commit_together() {
        let threads = ThreadPools::embedded(1, 16, 2).unwrap().reserved_changes;
        let commit = Arc::new(Barrier::new(16));
        let change = || {
            let commit = commit.clone();
            let job = move || {
                commit.wait();
                Ok(())
            };
            run_blocking(&threads, deadline_from_now(), job)
        };
        assert!(join_all((0..16).map(|_| change())).await.iter().all(Result::is_ok));
    }
}
