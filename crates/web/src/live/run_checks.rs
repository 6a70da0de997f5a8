//! Runs the checks, each in its own loop: one that takes long does not hold up the other.
use super::{Live, check::repeat, reconciler::Reconciler, session_check::SessionCheck};
use actix_web::web::Data;
use std::time::Duration;
use tokio::time::sleep;

/// How soon after its end a session's sockets are closed, at the latest: this, and what the check takes.
const CHECK_EVERY: Duration = Duration::from_millis(400);
/// Between two runs of the reconciler at the least, however often the bus breaks.
const PAUSE: Duration = Duration::from_millis(100);

/// Until the process ends.
pub async fn run_checks(live: Data<Live>) {
    let (hub, for_reconciler) = (live.hub.clone(), live.clone());
    let sessions = repeat(live, SessionCheck::new, || sleep(CHECK_EVERY));
    let events = repeat(for_reconciler, Reconciler::new, || async {
        sleep(PAUSE).await;
        tokio::select! { () = sleep(CHECK_EVERY) => {}, () = hub.interruption() => {} }
    });
    tokio::join!(sessions, events);
}
