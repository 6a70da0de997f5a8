//! Messages to the operator's webhook: signed, and sent nowhere else.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]
use domain::{
    outbox::{
        Failure, Message, Outcome, SignedRequest, WebhookBody,
        ports::{DeliveryChannel, SignatureVerifier},
    },
    shared::Clock,
};
use infra::webhook::{SigningSecret, Webhook, WebhookSettings, WebhookUrl};
use std::sync::Arc;
use testing::{ReceiverMode, TestClock, WebhookReceiver, block_on};

const JSON: &str = r#"{"type":"alarm","text":"Сара просит о помощи"}"#;

fn secret() -> SigningSecret {
    SigningSecret::parse("a secret that two programs share").unwrap()
}

fn webhook(url: &str, clock: &Arc<TestClock>) -> Webhook {
    let settings = WebhookSettings { url: WebhookUrl::parse(url).unwrap(), secret: secret() };
    Webhook::open(Some(&settings), clock.clone()).unwrap()
}

fn message() -> Message {
    Message::Webhook(WebhookBody(JSON.into()))
}

#[test]
fn a_webhook_is_signed_anew_at_each_try_under_one_id() {
    block_on(async {
        let (receiver, clock) = (WebhookReceiver::start(), Arc::new(TestClock::default()));
        let webhook = webhook(&receiver.url(), &clock);
        for _ in 0..2 {
            assert_eq!(webhook.send("<1.alarm@care>", &message()).await, Outcome::Accepted);
            clock.advance(chrono::TimeDelta::hours(1));
        }
        let requests = receiver.requests();
        assert_eq!(requests.len(), 2);
        for (request, hours) in requests.iter().zip([2, 1]) {
            let header = |name: &str| request.header(name).unwrap();
            assert_eq!((request.line.as_str(), request.body.as_str()), ("POST /alarm HTTP/1.1", JSON));
            assert_eq!(header("content-type"), "application/json");
            assert_eq!(header("webhook-id"), "1.alarm@care");
            let signed = SignedRequest {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"),
                body: request.body.as_bytes(),
            };
            assert!(secret().is_genuine(&signed, clock.now() - chrono::TimeDelta::hours(hours)));
        }
        assert_ne!(requests[0].header("webhook-signature"), requests[1].header("webhook-signature"));
    });
}

#[test]
fn a_webhook_follows_no_redirect() {
    block_on(async {
        let receiver = WebhookReceiver::start();
        for status in [301, 302, 307, 308] {
            receiver.set(ReceiverMode::Answer(status));
            let told = webhook(&receiver.url(), &Arc::default()).send("<1@care>", &message()).await;
            assert_eq!(told, Outcome::Failed(Failure::Unreachable), "{status}");
        }
        assert!(receiver.requests().iter().all(|request| request.line == "POST /alarm HTTP/1.1"));
        assert_eq!(receiver.requests().len(), 4);
    });
}

/// A receiver that gives no TLS gets nothing of the message.
#[test]
fn a_webhook_with_tls_says_nothing_without_it() {
    block_on(async {
        let receiver = WebhookReceiver::start();
        let webhook = webhook(&receiver.url().replace("http:", "https:"), &Arc::default());
        let told = webhook.send("<1@care>", &message()).await;
        assert_eq!(told, Outcome::Failed(Failure::Unreachable));
        assert!(receiver.requests().is_empty(), "{:?}", receiver.requests());
    });
}

#[test]
fn without_a_webhook_a_message_waits_for_one() {
    block_on(async {
        let none = Webhook::open(None, Arc::new(TestClock::default())).unwrap();
        let told = none.send("<1@care>", &message()).await;
        assert_eq!(told, Outcome::Failed(Failure::NoMailServer));
    });
}
