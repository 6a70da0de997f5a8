//! Writes the letters of those who asked for a new password: whether there is such an account is looked up here, when nobody waits for
//! the answer any more. Several nodes do so at once; each request is answered by one of them.
use domain::{
    events::{Event, ports::Subscriber},
    password_reset::{PasswordResetService, ResetRequested},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::spawn_blocking, time::timeout};

/// For requests that a killed node left, and those that failed.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub struct ResetLetters {
    service: Arc<PasswordResetService>,
    asked: Arc<Asked>,
}

impl ResetLetters {
    pub fn new(service: Arc<PasswordResetService>) -> Self {
        Self { service, asked: Arc::default() }
    }

    /// What hears of requests.
    pub fn subscriber(&self) -> Arc<dyn Subscriber> {
        self.asked.clone()
    }

    pub async fn run(self: Arc<Self>) {
        loop {
            let service = self.service.clone();
            match spawn_blocking(move || service.answer_waiting()).await {
                Ok(Ok(_letters)) => {}
                Ok(Err(e)) => tracing::warn!(error = %e, "letters that reset passwords wait"),
                Err(_panicked) => tracing::error!("a background job panicked"),
            }
            let _ = timeout(LOOK_EVERY, self.asked.0.notified()).await;
        }
    }
}

/// By itself, because the bus keeps its subscribers, and the service's repository keeps the bus.
#[derive(Default)]
struct Asked(Notify);

impl Subscriber for Asked {
    fn on_event(&self, event: &Event) {
        if event.downcast_ref::<ResetRequested>().is_some() {
            self.0.notify_one();
        }
    }
    fn interrupted(&self) {}
}
