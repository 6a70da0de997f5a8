//! What delivers letters, whatever they go to.
use super::{folder::Folder, message::Message, server::Server, settings::MailSettings, trouble::Trouble};
use domain::outbox::{Failure, Letter, Message as Sent, Outcome, SEND_MAX, ports::DeliveryChannel};
use lettre::message::Mailbox;
use std::{io, path::PathBuf, pin::Pin};
use tokio::{task::spawn_blocking, time::timeout};

#[derive(Debug, thiserror::Error)]
pub enum CannotOpenMail {
    #[error("TLS for the mail server cannot be had: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
    #[error("MAIL_DIR {} cannot be used: {error}", .dir.display())]
    Folder { dir: PathBuf, error: io::Error },
}

/// One of several: each has connections of its own, so that an alarm waits for no other mail.
pub struct Mailer(Route);

enum Route {
    Nowhere,
    Folder { folder: Folder, from: Mailbox },
    Server { server: Server, from: Mailbox },
}

impl Mailer {
    /// Connects to nobody yet.
    ///
    /// # Errors
    /// [`CannotOpenMail`].
    pub fn open(settings: &MailSettings, connections: u32) -> Result<Self, CannotOpenMail> {
        Ok(Self(match settings {
            MailSettings::None => Route::Nowhere,
            MailSettings::Folder { dir, from } => {
                let folder =
                    Folder::open(dir).map_err(|error| CannotOpenMail::Folder { dir: dir.clone(), error })?;
                Route::Folder { folder, from: from.clone() }
            }
            MailSettings::Server(settings) => {
                let server = Server::new(settings, connections)?;
                Route::Server { server, from: settings.from.clone() }
            }
        }))
    }

    async fn send_letter(&self, message_id: &str, letter: &Letter) -> Outcome {
        match &self.0 {
            Route::Nowhere => {
                tracing::warn!(message_id, "not sent: no mail server is configured");
                Outcome::Refused(Failure::NoMailServer)
            }
            Route::Folder { folder, from } => match made(from, message_id, letter) {
                Ok(message) => write(folder, message_id, message).await,
                Err(refused) => refused,
            },
            Route::Server { server, from } => match made(from, message_id, letter) {
                Ok(message) => send(server, message_id, &message).await,
                Err(refused) => refused,
            },
        }
    }
}

impl DeliveryChannel for Mailer {
    fn send<'a>(
        &'a self,
        message_id: &'a str,
        message: &'a Sent,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            match message {
                Sent::Letter(letter) => self.send_letter(message_id, letter).await,
                Sent::Webhook(_) => Outcome::Refused(Failure::Letter),
            }
        })
    }
}

fn made(from: &Mailbox, message_id: &str, letter: &Letter) -> Result<Message, Outcome> {
    Message::new(from, message_id, letter).map_err(|failure| {
        tracing::warn!(message_id, failure = failure.as_str(), "a letter cannot be written");
        Outcome::Refused(failure)
    })
}

async fn write(folder: &Folder, message_id: &str, message: Message) -> Outcome {
    let (folder, id) = (folder.clone(), message_id.to_owned());
    let written = spawn_blocking(move || folder.write(&id, &message.bytes));
    let why = match timeout(SEND_MAX, written).await {
        // It can be looked at, and reaches nobody.
        Ok(Ok(Ok(()))) => return Outcome::Refused(Failure::NoMailServer),
        Ok(Ok(Err(e))) => e.to_string(),
        Ok(Err(e)) => e.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::warn!(message_id, error = why, "a letter cannot be written to MAIL_DIR");
    Outcome::Failed(Failure::Unreachable)
}

async fn send(server: &Server, message_id: &str, message: &Message) -> Outcome {
    match timeout(SEND_MAX, server.send(message)).await {
        Ok(Ok(())) => Outcome::Accepted,
        Ok(Err(trouble)) => told(message_id, &trouble),
        Err(_elapsed) => {
            tracing::warn!(message_id, "a letter was not sent: the mail server does not answer in time");
            Outcome::Failed(Failure::Unreachable)
        }
    }
}

/// Not in the server's words: they may hold an address, or anything.
fn told(message_id: &str, trouble: &Trouble) -> Outcome {
    let outcome = trouble.outcome();
    let (step, status) = (trouble.step.as_str(), trouble.status());
    match outcome {
        Outcome::Refused(failure) => {
            tracing::warn!(message_id, failure = failure.as_str(), step, status, "a letter was refused");
        }
        Outcome::Failed(failure) => {
            tracing::warn!(message_id, failure = failure.as_str(), step, status, "a letter was not sent");
        }
        Outcome::Accepted => {}
    }
    outcome
}
