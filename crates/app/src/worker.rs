//! What the server does by itself, again and again. Every job is safe on several nodes at once, and tries again after a
//! failure at its next turn.
use crate::application::Application;
use domain::{assistant::AssistantError, messaging::MessagingError};
use futures_util::future::join_all;
use std::{future::Future, time::Duration};

const EVERY: Duration = Duration::from_secs(60);
/// Somebody waits for help.
const EVERY_OF_ALARMS: Duration = Duration::from_secs(5);
/// Between the starts of two jobs: started together, each of them opens another connection of the pool, which stays open.
const APART: Duration = Duration::from_millis(20);

pub(crate) async fn run(application: Application) {
    // Sealing may take hours, once: the others do not wait for it.
    let dispatchers = application.dispatchers.iter().zip(0..);
    tokio::join!(
        join_all(dispatchers.map(|(dispatcher, place)| start(place, dispatcher.clone().run()))),
        start(3, again_and_again(&application, EVERY_OF_ALARMS, alarms)),
        start(4, application.reset_letters.clone().run()),
        start(5, again_and_again(&application, EVERY, all)),
        start(6, again_and_again(&application, EVERY, write_digests)),
        start(7, again_and_again(&application, EVERY, seal_stored)),
    );
}

async fn start(place: u32, job: impl Future<Output = ()>) {
    tokio::time::sleep(APART * place).await;
    job.await;
}

async fn again_and_again(application: &Application, every: Duration, jobs: fn(&Application)) {
    loop {
        let application = application.clone();
        if actix_web::web::block(move || jobs(&application)).await.is_err() {
            tracing::error!("a background job panicked");
        }
        tokio::time::sleep(every).await;
    }
}

fn alarms(application: &Application) {
    tell("alarms that nobody has answered are sent again", application.alarms.service.repeat_unanswered());
    tell("new contacts are asked for their consent", application.crisis.consents.ask_for_all());
    tell("recipients of alarms were not reached", application.alarms.service.tell_unreached());
}

/// Many are due at once: the other jobs do not wait for them.
fn write_digests(application: &Application) {
    tell("digests are written", application.mail_settings.write_digests());
}

fn all(application: &Application) {
    application.state.limits.forget_the_idle();
    application.hasher.release_unused();
    // So that the metric tells of a disk that was freed, also where nobody asks for health.
    let _ = application.store.health();
    tell("links rejected a day ago are gone", application.care.remove_rejected());
    tell("tickets that nobody used are gone", application.identity.forget_tickets());
    tell("links that reset a password are gone", application.password_resets.forget_old());
    tell("idempotency keys of yesterday are gone", application.idempotency_keys.forget_old());
    tell("texts of deleted conversations are gone", erase_cleared(application));
    tell("old conversations with the assistant are gone", forget_conversations(application));
    tell("letters of last week are gone", application.letter_queue.forget_old(application.clock.now()));
}

/// Step by step, so that nobody waits for a long conversation to go, not even who stops this process.
fn erase_cleared(application: &Application) -> Result<usize, MessagingError> {
    let mut all = 0;
    while !application.live.hub.is_draining() {
        match application.messaging.erase_cleared()? {
            0 => break,
            some => all += some,
        }
    }
    Ok(all)
}

/// In the same way.
fn forget_conversations(application: &Application) -> Result<usize, AssistantError> {
    let mut all = 0;
    while !application.live.hub.is_draining() {
        match application.assistant.forget_old()? {
            0 => break,
            some => all += some,
        }
    }
    Ok(all)
}

/// Other writers have every second moment.
fn seal_stored(application: &Application) {
    let sealed = application.sealing.run(|batch| {
        std::thread::sleep(batch.took);
        !application.live.hub.is_draining()
    });
    tell("texts of an older version are sealed", sealed);
}

fn tell<E: std::fmt::Display>(what: &str, done: Result<usize, E>) {
    match done {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{what}"),
        Err(e) => tracing::warn!(error = %e, "not yet: {what}"),
    }
}
