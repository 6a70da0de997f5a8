//! What the house does by itself, again and again. Every job is safe on several nodes at once, and tries again after a
//! failure at its next turn.
use crate::house::House;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(house: House) {
    loop {
        let jobs = house.clone();
        let done = actix_web::web::block(move || {
            jobs.kit.limits.forget_the_idle();
            jobs.care.remove_rejected()
        });
        match done.await {
            Ok(Ok(0)) => {}
            Ok(Ok(removed)) => tracing::info!(removed, "links rejected a day ago are gone"),
            Ok(Err(e)) => tracing::warn!(error = %e, "rejected links stay until the next turn"),
            Err(_panicked) => tracing::error!("the job that removes rejected links panicked"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
