//! Checks that run as long as the process, each in its own loop: one that takes long does not hold up the other.
use super::{Live, reconciler::Reconciler, session_check::SessionCheck};
use crate::http::Problem;
use actix_web::web::{Data, block};
use std::{future::Future, time::Duration};
use tokio::time::sleep;

/// How soon after its end a session's sockets are closed, at the latest: this, and what the check takes.
const CHECK_EVERY: Duration = Duration::from_millis(400);
/// Between two runs of the reconciler at the least, however often the bus breaks.
const PAUSE: Duration = Duration::from_millis(100);

pub async fn run_checks(live: Data<Live>) {
    let (hub, for_reconciler) = (live.hub.clone(), live.clone());
    let sessions = repeat(live, SessionCheck::new, || sleep(CHECK_EVERY));
    let events = repeat(for_reconciler, Reconciler::new, || async {
        sleep(PAUSE).await;
        tokio::select! { () = sleep(CHECK_EVERY) => {}, () = hub.interruption() => {} }
    });
    tokio::join!(sessions, events);
}

/// One look at the store for all sockets of this process, whatever their number.
pub(super) trait Check: Send + 'static {
    fn run(&mut self) -> Result<(), Problem>;
}

async fn repeat<C: Check, F: Future<Output = ()>>(
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
