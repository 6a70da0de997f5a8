//! Letters over SMTP, to a mail server that behaves as badly as it can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]
use domain::{
    identity::Email,
    outbox::{Failure, Letter, Message, Outcome, ports::DeliveryChannel},
};
use infra::mail::{Credentials, MailServer as Server, MailSettings, Mailer, check, sender};
use std::time::Duration;
use testing::{MailMode, MailServer, block_on};
use tokio::{join, time::timeout};

const UNREACHABLE: Outcome = Outcome::Failed(Failure::Unreachable);
const TEXT: &str = "Здравствуйте!\n.\n.. Сара просит о помощи = срочно\nline that is long enough to be folded by whatever encodes it, and longer still";
const HTML: &str = "<p>Здравствуйте!</p>\n<p>Сара просит о <b>помощи</b></p>";

fn settings(port: u16) -> Server {
    let from = sender("Забота <care@example.com>").unwrap();
    Server { host: "127.0.0.1".into(), port, tls: false, credentials: None, from }
}

fn mailer(server: &MailServer) -> Mailer {
    Mailer::open(&MailSettings::Server(settings(server.port())), 2).unwrap()
}

fn letter_of(to: &str, subject: &str) -> Message {
    let (to, subject) = (Email::parse(to).unwrap(), subject.into());
    Message::Letter(Letter { to, subject, text: TEXT.into(), html: HTML.into(), unsubscribe: None })
}

fn letter_to(to: &str) -> Message {
    letter_of(to, "Тревога: Сара Коннор")
}

fn letter() -> Message {
    letter_to("house@example.com")
}

#[test]
fn a_letter_arrives_as_it_was_written() {
    block_on(async {
        let server = MailServer::start();
        assert_eq!(mailer(&server).send("<1.alarm@care>", &letter()).await, Outcome::Accepted);
        let letters = server.letters();
        let [received] = letters.as_slice() else { panic!("{letters:?}") };
        assert!(received.accepted);
        assert_eq!(received.message_id, "<1.alarm@care>");
        assert_eq!((received.from.as_str(), received.to.as_str()), ("care@example.com", "house@example.com"));
        assert_eq!(received.subject, "Тревога: Сара Коннор");
        assert_eq!((received.text().as_str(), received.html().as_str()), (TEXT, HTML));
        assert_eq!(received.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert!(received.header("Date").is_some() && received.raw.is_ascii(), "{}", received.raw);
    });
}

#[test]
fn what_the_server_says_decides_what_becomes_of_a_letter() {
    block_on(async {
        let server = MailServer::start();
        let mailer = mailer(&server);
        for (mode, to, expected) in [
            (MailMode::Accept, "house@example.com", Outcome::Accepted),
            (MailMode::Accept, "refused@example.com", Outcome::Refused(Failure::Address)),
            (MailMode::Refuse, "house@example.com", Outcome::Refused(Failure::Letter)),
            (MailMode::Defer, "house@example.com", Outcome::Failed(Failure::Deferred)),
            (MailMode::DropAfterData, "house@example.com", UNREACHABLE),
            (MailMode::Slow(Duration::from_millis(50)), "house@example.com", Outcome::Accepted),
            (MailMode::Accept, "сара@example.com", Outcome::Refused(Failure::Address)),
        ] {
            server.set(mode);
            let told = mailer.send("<1@care>", &letter_to(to)).await;
            assert_eq!(told, expected, "{mode:?} {to}");
        }
        let accepted: Vec<_> = server.letters().iter().map(|letter| letter.accepted).collect();
        assert_eq!(accepted, [true, false, false, false, true]);
    });
}

#[test]
fn a_server_that_is_down_costs_a_try_and_no_letter() {
    block_on(async {
        let mut server = MailServer::start();
        let mailer = mailer(&server);
        for _ in 0..2 {
            assert_eq!(mailer.send("<1@care>", &letter()).await, Outcome::Accepted);
            server.down();
            assert_eq!(mailer.send("<2@care>", &letter()).await, UNREACHABLE);
            server.up();
            assert_eq!(mailer.send("<2@care>", &letter()).await, Outcome::Accepted);
        }
    });
}

#[test]
fn a_server_that_hangs_is_given_up_in_time() {
    block_on(async {
        let server = MailServer::start();
        server.set(MailMode::Hang);
        assert_eq!(mailer(&server).send("<1@care>", &letter()).await, UNREACHABLE);
    });
}

#[test]
fn connections_are_used_again_and_one_that_was_closed_costs_no_try() {
    block_on(async {
        let server = MailServer::start();
        let mailer = mailer(&server);
        let send = async || assert_eq!(mailer.send("<1@care>", &letter()).await, Outcome::Accepted);
        send().await;
        send().await;
        assert_eq!(server.connections(), 1);
        server.close_connections();
        send().await;
        assert_eq!((server.connections(), server.letters().len()), (2, 3));
    });
}

#[test]
fn there_are_no_more_connections_than_were_asked_for() {
    block_on(async {
        let server = MailServer::start();
        server.set(MailMode::Slow(Duration::from_millis(30)));
        let (mailer, letter) = (mailer(&server), letter());
        let send = || mailer.send("<1@care>", &letter);
        let told = join!(send(), send(), send(), send(), send());
        assert_eq!(<[Outcome; 5]>::from(told), [Outcome::Accepted; 5]);
        assert_eq!(server.connections(), 2);
    });
}

/// Its late answer is not taken for the answer to another letter.
#[test]
fn a_connection_on_which_a_letter_was_given_up_is_not_used_again() {
    block_on(async {
        let server = MailServer::start();
        let mailer = mailer(&server);
        assert_eq!(mailer.send("<1@care>", &letter()).await, Outcome::Accepted);
        server.set(MailMode::Slow(Duration::from_millis(300)));
        let given_up = timeout(Duration::from_millis(100), mailer.send("<2@care>", &letter())).await;
        assert!(given_up.is_err());
        server.set(MailMode::Refuse);
        let refused = Outcome::Refused(Failure::Letter);
        assert_eq!(mailer.send("<3@care>", &letter()).await, refused);
        assert_eq!(server.connections(), 2);
    });
}

#[test]
fn a_letter_does_not_travel_in_the_open_when_tls_is_required() {
    block_on(async {
        let server = MailServer::start();
        for port in [server.port(), 465] {
            let settings = Server { tls: true, port, ..settings(server.port()) };
            let mailer = Mailer::open(&MailSettings::Server(settings), 1).unwrap();
            assert_eq!(mailer.send("<1@care>", &letter()).await, UNREACHABLE, "{port}");
        }
        assert!(server.letters().is_empty());
    });
}

#[test]
fn nobody_who_writes_a_subject_writes_a_header_or_to_others() {
    block_on(async {
        let server = MailServer::start();
        let mailer = mailer(&server);
        let long = "ж".repeat(10_000);
        let table = [
            ("Тревога", "Тревога"),
            ("a\r\nBcc: x@example.com", "aBcc: x@example.com"),
            ("a\r\n\r\nbody\r\n.\r\nMAIL FROM:<x@example.com>", "abody.MAIL FROM:<x@example.com>"),
            ("a\nb\rc\0d", "abcd"),
            ("\u{202e}exe.\u{2066}txt\u{2069}\u{200f}", "exe.txt"),
            (&long, &long[..400]),
        ];
        for (subject, _) in table {
            let letter = letter_of("house@example.com", subject);
            assert_eq!(mailer.send("<1@care>", &letter).await, Outcome::Accepted, "{subject:?}");
        }
        let letters = server.letters();
        assert_eq!(letters.len(), table.len());
        for (received, (_, shown)) in letters.iter().zip(table) {
            assert_eq!((received.subject.as_str(), received.to.as_str()), (shown, "house@example.com"));
            assert_eq!((received.header("Bcc"), received.text().as_str()), (None, TEXT));
        }
    });
}

#[test]
fn a_check_says_whether_the_server_lets_us_in_and_sends_nothing() {
    block_on(async {
        let mut server = MailServer::start();
        let open = settings(server.port());
        let credentials = Some(Credentials::new("robot".into(), "hunter2".into()));
        let signed_in = Server { credentials, ..open.clone() };
        assert_eq!(check(&open).await, Ok(()));
        assert_eq!(check(&signed_in).await, Ok(()));
        let wrong = async |settings: &Server, words: &[&str]| {
            let said = check(settings).await.unwrap_err();
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
            assert!(!said.contains('\n') && !said.contains("hunter2"), "{said}");
        };
        wrong(&Server { tls: true, ..open.clone() }, &["gives no TLS", "EMAIL_PORT"]).await;
        server.set(MailMode::RefuseSignIn);
        wrong(&signed_in, &["refuses the sign-in (status 535)", "EMAIL_HOST_PASSWORD"]).await;
        let mailer = Mailer::open(&MailSettings::Server(signed_in.clone()), 1).unwrap();
        assert_eq!(mailer.send("<1@care>", &letter()).await, UNREACHABLE);
        server.down();
        wrong(&open, &["cannot be reached", "EMAIL_HOST"]).await;
        assert!(server.letters().is_empty());
    });
}

#[test]
fn without_a_server_letters_go_to_a_folder_or_nowhere() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let from = sender("care@example.com").unwrap();
        let to_folder = MailSettings::Folder { dir: folder.path().to_owned(), from };
        let mailer = Mailer::open(&to_folder, 1).unwrap();
        let nobody = Outcome::Refused(Failure::NoMailServer);
        assert_eq!(mailer.send("<1.alarm@care>", &letter()).await, nobody);
        let written = std::fs::read_to_string(folder.path().join("1.alarm@care.eml")).unwrap();
        assert!(written.contains("To: house@example.com\r\n"), "{written}");
        drop(folder);
        assert_eq!(mailer.send("<2.alarm@care>", &letter()).await, UNREACHABLE);

        let nowhere = Mailer::open(&MailSettings::None, 1).unwrap();
        assert_eq!(nowhere.send("<1@care>", &letter()).await, Outcome::Refused(Failure::NoMailServer));
    });
}
