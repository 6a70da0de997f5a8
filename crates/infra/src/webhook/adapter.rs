//! What delivers messages to the operator's webhook.
use super::{settings::WebhookSettings, status::outcome};
use crate::http_client::{self, CannotOpenHttpClient};
use domain::{
    outbox::{Failure, Message, Outcome, WebhookBody, ports::DeliveryChannel},
    shared::Clock,
};
use reqwest::{Client, RequestBuilder, StatusCode, header::CONTENT_TYPE};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Short of the port's [`SEND_MAX`](domain::outbox::SEND_MAX), so that its failure is told by us.
const TRY_MAX: Duration = Duration::from_secs(15);

pub struct Webhook {
    /// `None`: the operator has configured none.
    receiver: Option<Receiver>,
    clock: Arc<dyn Clock>,
}

struct Receiver {
    settings: WebhookSettings,
    client: Client,
}

impl Webhook {
    /// Connects to nobody yet.
    ///
    /// # Errors
    /// [`CannotOpenHttpClient`].
    pub fn open(
        settings: Option<&WebhookSettings>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CannotOpenHttpClient> {
        let open = |settings: &WebhookSettings| {
            let client = http_client::open(settings.url.url(), "ALARM_WEBHOOK_URL")?;
            Ok::<_, CannotOpenHttpClient>(Receiver { settings: settings.clone(), client })
        };
        Ok(Self { receiver: settings.map(open).transpose()?, clock })
    }

    async fn post(&self, message_id: &str, body: &WebhookBody) -> Outcome {
        let Some(receiver) = &self.receiver else {
            tracing::warn!(message_id, "not sent: no webhook is configured");
            // Not for good: another node may have the setting already, or still.
            return Outcome::Failed(Failure::NoMailServer);
        };
        let timestamp = self.clock.now().timestamp().to_string();
        // The answer's body is not read: its status says all.
        match timeout(TRY_MAX, receiver.request(message_id, &timestamp, body).send()).await {
            Ok(Ok(answer)) => told(message_id, answer.status()),
            Ok(Err(e)) => unreachable(message_id, &http_client::cause(e)),
            Err(elapsed) => unreachable(message_id, &elapsed.to_string()),
        }
    }
}

impl Receiver {
    /// Signed anew at each try, under the same id: receivers refuse what is old, and know what they had.
    fn request(&self, message_id: &str, timestamp: &str, WebhookBody(json): &WebhookBody) -> RequestBuilder {
        let id = message_id.trim_matches(['<', '>']);
        let signature = self.settings.secret.sign(id, timestamp, json.as_bytes());
        let request = self.client.post(self.settings.url.url().clone()).body(json.clone());
        request
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
    }
}

impl DeliveryChannel for Webhook {
    fn send<'a>(
        &'a self,
        message_id: &'a str,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            match message {
                Message::Webhook(body) => self.post(message_id, body).await,
                Message::Letter(_) => Outcome::Refused(Failure::Letter),
            }
        })
    }
}

/// Not in the receiver's words: they may hold anything.
fn told(message_id: &str, status: StatusCode) -> Outcome {
    let (outcome, status) = (outcome(status), status.as_u16());
    match outcome {
        Outcome::Refused(failure) => {
            tracing::warn!(message_id, failure = failure.as_str(), status, "the webhook refused a message");
        }
        Outcome::Failed(failure) => {
            tracing::warn!(message_id, failure = failure.as_str(), status, "the webhook took no message");
        }
        Outcome::Accepted => {}
    }
    outcome
}

fn unreachable(message_id: &str, cause: &str) -> Outcome {
    tracing::warn!(message_id, error = cause, "the webhook cannot be reached");
    Outcome::Failed(Failure::Unreachable)
}
