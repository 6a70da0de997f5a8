//! What delivers messages to the operator's webhook.
use super::{
    client::{CannotOpenWebhook, HttpClient},
    settings::WebhookSettings,
    status::outcome,
};
use domain::{
    outbox::{Failure, Message, Outcome, WebhookBody, ports::DeliveryChannel},
    shared::Clock,
};
use http_body_util::Full;
use hyper::{
    Request, StatusCode,
    body::Bytes,
    header::{CONTENT_TYPE, USER_AGENT},
    http,
};
use std::{error::Error, pin::Pin, sync::Arc, time::Duration};
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
    client: HttpClient,
}

impl Webhook {
    /// Connects to nobody yet.
    ///
    /// # Errors
    /// [`CannotOpenWebhook`].
    pub fn open(
        settings: Option<&WebhookSettings>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CannotOpenWebhook> {
        let open = |settings: &WebhookSettings| {
            let client = HttpClient::open(&settings.url)?;
            Ok::<_, CannotOpenWebhook>(Receiver { settings: settings.clone(), client })
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
        let answer = match receiver.request(message_id, &timestamp, body) {
            Ok(request) => timeout(TRY_MAX, receiver.client.send(request)).await,
            Err(e) => return unreachable(message_id, &e),
        };
        match answer {
            Ok(Ok(status)) => told(message_id, status),
            Ok(Err(e)) => unreachable(message_id, &e),
            Err(elapsed) => unreachable(message_id, &elapsed),
        }
    }
}

impl Receiver {
    /// Signed anew at each try, under the same id: receivers refuse what is old, and know what they had.
    fn request(
        &self,
        message_id: &str,
        timestamp: &str,
        WebhookBody(json): &WebhookBody,
    ) -> http::Result<Request<Full<Bytes>>> {
        let id = message_id.trim_matches(['<', '>']);
        Request::post(self.settings.url.uri())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "carebase")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.settings.secret.sign(id, timestamp, json.as_bytes()))
            .body(Full::from(json.clone()))
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

fn unreachable(message_id: &str, error: &(dyn Error + 'static)) -> Outcome {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    tracing::warn!(message_id, error = %cause, "the webhook cannot be reached");
    Outcome::Failed(Failure::Unreachable)
}
