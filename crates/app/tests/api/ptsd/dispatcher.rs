//! What sends letters: no acceptance is forgotten, and none is cut off when the process is told to stop.
use super::alarm_letters;
use crate::binary::Server;
use app::dispatcher::Dispatcher;
use domain::{
    identity::Email,
    outbox::{Delivery, DeliveryId, Letter, Message, Outcome, ports::MockDeliveryQueue},
    shared::{Clock, StoreError},
};
use infra::mail::{MailServer as MailServerSettings, MailSettings, Mailer, sender};
use std::{
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use testing::*;

fn mailer(mail: &MailServer) -> Mailer {
    let settings = MailServerSettings {
        host: "127.0.0.1".into(),
        port: mail.port(),
        tls: false,
        credentials: None,
        from: sender("care@example.com").unwrap(),
    };
    Mailer::open(&MailSettings::Server(settings), 1).unwrap()
}

fn delivery() -> Delivery {
    let to = Email::parse("ivan@example.com").unwrap();
    let letter = Letter { to, subject: "s".into(), text: "t".into(), html: "h".into(), unsubscribe: None };
    Delivery {
        id: DeliveryId::new(1),
        attempts: 1,
        queued_at: TestClock::default().now(),
        message_id: "<1@example.com>".into(),
        message: Some(Message::Letter(letter)),
    }
}

/// How often the outcome of one letter was stored, where the database refuses it twice.
async fn stored(mode: MailMode, expected: Outcome) -> usize {
    let mail = MailServer::start();
    mail.set(mode);
    let (tries, letter) = (Arc::new(AtomicUsize::new(0)), Mutex::new(Some(delivery())));
    let mut queue = MockDeliveryQueue::new();
    queue.expect_take().returning(move |_| Ok(letter.lock().unwrap().take()));
    let counted = tries.clone();
    queue.expect_finish().returning(move |_, outcome, _| {
        assert_eq!(outcome, expected);
        if counted.fetch_add(1, Relaxed) < 2 { Err(StoreError::unavailable("away")) } else { Ok(()) }
    });
    let clock = Arc::new(TestClock::default());
    let dispatcher =
        Arc::new(Dispatcher::new("alarm", Arc::new(queue), Box::new(mailer(&mail)), NonZeroU32::MIN, clock));
    let running = tokio::spawn(dispatcher.clone().run());
    tokio::time::sleep(Duration::from_secs(2)).await;
    dispatcher.drain();
    running.await.unwrap();
    dispatcher.await_sent().await;
    tries.load(Relaxed)
}

#[test]
fn an_acceptance_is_stored_again_until_the_database_takes_it_and_a_failure_is_left_to_the_lease() {
    block_on(async {
        assert_eq!(stored(MailMode::Accept, Outcome::Accepted).await, 3);
        let deferred = Outcome::Failed(domain::outbox::Failure::Deferred);
        assert_eq!(stored(MailMode::Defer, deferred).await, 1);
    });
}

#[test]
fn a_process_that_is_told_to_stop_awaits_the_letter_that_it_is_sending() {
    let (folder, mail) = (tempfile::tempdir().unwrap(), MailServer::start());
    mail.set(MailMode::Slow(Duration::from_secs(2)));
    let port = mail.port().to_string();
    let settings = [
        ("EMAIL_HOST", "127.0.0.1"),
        ("EMAIL_PORT", port.as_str()),
        ("EMAIL_USE_TLS", "false"),
        ("EMAIL_FROM", "care@example.com"),
        ("ALARM_ANSWER_WAIT", "0"),
    ];
    let mut server = Server::start(folder.path(), &settings);
    let account = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    let registered = server.post("/api/auth/register/", "", account);
    let token = registered.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ask = |server: &Server, line: &str, body: &str| {
        let head = "Content-Type: application/json\r\nContent-Length";
        let said = server
            .ask(line, &format!("Authorization: Token {token}\r\n{head}: {}\r\n\r\n{body}", body.len()));
        assert!(said.contains(" 200 ") || said.contains(" 201 "), "{said}");
        said
    };
    ask(&server, "PATCH /api/v1/user/edit/1/", r#"{"scenario":3}"#);
    let ivan = r#"{"name":"x","phone":"1","email":"x@example.com","relationship":"x"}"#;
    ask(&server, "PATCH /api/v1/user/edit/contact/1/", ivan);
    ask(&server, "POST /api/v1/event/trigger/1/", "{}");
    std::thread::sleep(Duration::from_millis(700));
    server.signal("-TERM");
    assert_eq!(server.ended().2, Some(0));
    assert_eq!(alarm_letters(&mail).len(), 1);
    let server = Server::start(folder.path(), &settings);
    let alarm = ask(&server, "GET /api/v1/event/alarms/1/", "");
    assert!(alarm.contains(r#""message_sent_to_contacts":true"#), "{alarm}");
    assert_eq!(alarm_letters(&mail).len(), 1);
}
