//! The port of channels: one story, told of both adapters. What is particular to one is in `mail.rs` and `webhook.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]
use domain::{
    identity::Email,
    outbox::{Failure, Letter, Message, Outcome, SEND_MAX, WebhookBody, ports::DeliveryChannel},
};
use infra::{
    mail::{MailServer as MailServerSettings, MailSettings, Mailer, sender},
    webhook::{SigningSecret, Webhook, WebhookSettings, WebhookUrl},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use testing::{MailMode, MailServer, ReceiverMode, TestClock, WebhookReceiver, block_on, free_address};

const SECRET: &str = "a secret that two programs share";

/// How the other side behaves.
#[derive(Debug, Clone, Copy)]
enum Behaviour {
    Accept,
    AcceptLate,
    Refuse,
    Defer,
    BreakOff,
    Hang,
}

/// One adapter, and the other side that it speaks to.
trait World {
    fn start() -> Self;
    fn channel(&self) -> &dyn DeliveryChannel;
    /// The same, to where nobody listens.
    fn to_nobody() -> impl DeliveryChannel;
    fn behave(&self, behaviour: Behaviour);
    fn message() -> Message;
    /// The ids of what came whole.
    fn received(&self) -> Vec<String>;
}

struct Mail(MailServer, Mailer);
struct Hook(WebhookReceiver, Webhook);

fn letter() -> Message {
    let to = Email::parse("house@example.com").unwrap();
    Message::Letter(Letter { to, subject: "s".into(), text: "t".into(), html: "h".into(), unsubscribe: None })
}

fn webhook_message() -> Message {
    Message::Webhook(WebhookBody("{}".into()))
}

fn mailer(port: u16) -> Mailer {
    let from = sender("care@example.com").unwrap();
    let server = MailServerSettings { host: "127.0.0.1".into(), port, tls: false, credentials: None, from };
    Mailer::open(&MailSettings::Server(server), 1).unwrap()
}

fn webhook(url: &str) -> Webhook {
    let url = WebhookUrl::parse(url).unwrap();
    let settings = WebhookSettings { url, secret: SigningSecret::parse(SECRET).unwrap() };
    Webhook::open(Some(&settings), Arc::new(TestClock::default())).unwrap()
}

impl World for Mail {
    fn start() -> Self {
        let server = MailServer::start();
        let mailer = mailer(server.port());
        Self(server, mailer)
    }
    fn channel(&self) -> &dyn DeliveryChannel {
        &self.1
    }
    fn to_nobody() -> impl DeliveryChannel {
        mailer(free_address().port())
    }
    fn behave(&self, behaviour: Behaviour) {
        self.0.set(match behaviour {
            Behaviour::Accept => MailMode::Accept,
            Behaviour::AcceptLate => MailMode::Slow(Duration::from_millis(300)),
            Behaviour::Refuse => MailMode::Refuse,
            Behaviour::Defer => MailMode::Defer,
            Behaviour::BreakOff => MailMode::DropAfterData,
            Behaviour::Hang => MailMode::Hang,
        });
    }
    fn message() -> Message {
        letter()
    }
    fn received(&self) -> Vec<String> {
        self.0.letters().into_iter().map(|letter| letter.message_id).collect()
    }
}

impl World for Hook {
    fn start() -> Self {
        let receiver = WebhookReceiver::start();
        let webhook = webhook(&receiver.url());
        Self(receiver, webhook)
    }
    fn channel(&self) -> &dyn DeliveryChannel {
        &self.1
    }
    fn to_nobody() -> impl DeliveryChannel {
        webhook(&format!("http://{}/", free_address()))
    }
    fn behave(&self, behaviour: Behaviour) {
        self.0.set(match behaviour {
            Behaviour::Accept => ReceiverMode::Answer(204),
            Behaviour::AcceptLate => ReceiverMode::Slow(Duration::from_millis(300)),
            Behaviour::Refuse => ReceiverMode::Answer(422),
            Behaviour::Defer => ReceiverMode::Answer(503),
            Behaviour::BreakOff => ReceiverMode::DropAfterBody,
            Behaviour::Hang => ReceiverMode::Hang,
        });
    }
    fn message() -> Message {
        webhook_message()
    }
    fn received(&self) -> Vec<String> {
        let id = |request: &testing::ReceivedRequest| format!("<{}>", request.header("webhook-id").unwrap());
        self.0.requests().iter().map(id).collect()
    }
}

/// Makes the tests `name::by_mail` and `name::by_webhook`.
macro_rules! on_each_channel {
    ($name:ident, $story:ident) => {
        mod $name {
            use super::*;
            #[test]
            fn by_mail() {
                block_on($story::<Mail>());
            }
            #[test]
            fn by_webhook() {
                block_on($story::<Hook>());
            }
        }
    };
}

on_each_channel!(what_the_other_side_says_is_what_became_of_it, outcomes);
async fn outcomes<W: World>() {
    let world = W::start();
    for (behaviour, expected) in [
        (Behaviour::Accept, Outcome::Accepted),
        (Behaviour::AcceptLate, Outcome::Accepted),
        (Behaviour::Refuse, Outcome::Refused(Failure::Letter)),
        (Behaviour::Defer, Outcome::Failed(Failure::Deferred)),
        (Behaviour::BreakOff, Outcome::Failed(Failure::Unreachable)),
        (Behaviour::Accept, Outcome::Accepted),
    ] {
        world.behave(behaviour);
        assert_eq!(world.channel().send("<1@care>", &W::message()).await, expected, "{behaviour:?}");
    }
    // The same at each try.
    assert_eq!(world.received(), ["<1@care>"; 6]);
}

on_each_channel!(nobody_there_is_no_refusal, nobody);
async fn nobody<W: World>() {
    let told = W::to_nobody().send("<1@care>", &W::message()).await;
    assert_eq!(told, Outcome::Failed(Failure::Unreachable));
}

on_each_channel!(a_try_ends_in_time, in_time);
async fn in_time<W: World>() {
    let (world, begun) = (W::start(), Instant::now());
    world.behave(Behaviour::Hang);
    let told = world.channel().send("<1@care>", &W::message()).await;
    assert_eq!(told, Outcome::Failed(Failure::Unreachable));
    assert!(begun.elapsed() <= SEND_MAX, "{:?}", begun.elapsed());
}

on_each_channel!(a_message_of_another_channel_is_refused, another);
async fn another<W: World>() {
    let world = W::start();
    for message in [letter(), webhook_message()] {
        if message.channel() != W::message().channel() {
            let told = world.channel().send("<1@care>", &message).await;
            assert_eq!(told, Outcome::Refused(Failure::Letter));
        }
    }
    assert!(world.received().is_empty());
}

on_each_channel!(a_try_that_is_dropped_spoils_no_other, dropped);
async fn dropped<W: World>() {
    let world = W::start();
    world.behave(Behaviour::Hang);
    let message = W::message();
    let given_up =
        tokio::time::timeout(Duration::from_millis(100), world.channel().send("<1@care>", &message));
    assert!(given_up.await.is_err());
    world.behave(Behaviour::Accept);
    assert_eq!(world.channel().send("<2@care>", &message).await, Outcome::Accepted);
    assert_eq!(world.received(), ["<2@care>"]);
}
