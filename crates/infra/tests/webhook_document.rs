//! The receiver that `docs/OPERATIONS.md` shows to operators, run as it stands there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]
use domain::outbox::{Failure, Message, Outcome, WebhookBody, ports::DeliveryChannel};
use infra::webhook::{SigningSecret, Webhook, WebhookSettings, WebhookUrl};
use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};
use testing::{TestClock, block_on, fenced_block, free_address};

const SECRETS: [&str; 2] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a secret that two programs share"];
const BODY: &str = r#"{"type":"alarm","alarm":12,"round":0,"at":"2026-11-29T12:45:00Z",
    "user":{"username":"sarah","full_name":"Сара Коннор","phone":"+1"},"location":"Москва",
    "recipient":{"role":"contact","name":"Иван","relationship":"Брат","phone":"+7 900 000-00-00"},
    "text":"Сара Коннор просит о помощи","answer_url":null}"#;

struct Receiver {
    process: Child,
    address: SocketAddr,
}

impl Receiver {
    fn start(secret: &str) -> Self {
        let code = fenced_block(include_str!("../../../docs/OPERATIONS.md"), "python", "http.server");
        let address = free_address();
        let process = Command::new("python3")
            .args(["-c", code])
            .env("ALARM_WEBHOOK_SECRET", secret)
            .env("PORT", address.port().to_string())
            .env("PYTHONIOENCODING", "utf-8")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 must be installed: operators are shown a receiver in Python");
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < until, "the receiver does not listen");
            sleep(Duration::from_millis(50));
        }
        Self { process, address }
    }

    fn webhook(&self, secret: &str, clock: TestClock) -> Webhook {
        let url = WebhookUrl::parse(&format!("http://{}/", self.address)).unwrap();
        let settings = WebhookSettings { url, secret: SigningSecret::parse(secret).unwrap() };
        Webhook::open(Some(&settings), Arc::new(clock)).unwrap()
    }

    /// What it would have sent on.
    fn ended(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        BufReader::new(self.process.stdout.take().unwrap()).lines().map(Result::unwrap).collect()
    }
}

#[test]
fn it_takes_what_we_signed_once_and_nothing_else() {
    for secret in SECRETS {
        let receiver = Receiver::start(secret);
        let message = Message::Webhook(WebhookBody(BODY.into()));
        let stranger = receiver.webhook("another secret, of 24 bytes and more", TestClock::default());
        let of_yesterday = TestClock::default();
        of_yesterday.advance(-chrono::TimeDelta::minutes(6));
        let late = receiver.webhook(secret, of_yesterday);
        let ours = receiver.webhook(secret, TestClock::default());
        block_on(async {
            for refused in [stranger, late] {
                let told = refused.send("<1@care>", &message).await;
                assert_eq!(told, Outcome::Failed(Failure::Unreachable));
            }
            for id in ["<1@care>", "<1@care>", "<2@care>"] {
                assert_eq!(ours.send(id, &message).await, Outcome::Accepted, "{id}");
            }
        });
        assert_eq!(receiver.ended(), ["+7 900 000-00-00: Сара Коннор просит о помощи"; 2]);
    }
}
