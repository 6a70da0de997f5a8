//! A check that runs again and again, as long as the process.
use super::Live;
use crate::http::Refusal;
use actix_web::web::{Data, block};
use std::future::Future;

/// One look at the store for all sockets of this process, whatever their number.
pub(super) trait Check: Send + 'static {
    fn run(&mut self) -> Result<(), Refusal>;
}

pub(super) async fn repeat<C: Check, F: Future<Output = ()>>(
    live: Data<Live>,
    new: fn(Data<Live>) -> C,
    pause: impl Fn() -> F,
) {
    let mut idle = Some(new(live.clone()));
    loop {
        pause().await;
        let mut check = idle.take().unwrap_or_else(|| new(live.clone()));
        let run = block(move || {
            // The cause is in the log already; the next run is soon.
            let _ = check.run();
            check
        });
        match run.await {
            Ok(check) => idle = Some(check),
            Err(_panicked) => tracing::error!("a check of the sockets panicked, and begins anew"),
        }
    }
}
