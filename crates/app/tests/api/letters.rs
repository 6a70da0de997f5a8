//! Letters of the application, as a mail server gets them.
use app::config::Config;
use infra::mail::{MailServer as MailServerSettings, MailSettings, sender};
use std::time::{Duration, Instant};
use testing::{MailServer, ReceivedLetter};

/// Letters go to this server.
pub fn over(mail: &MailServer) -> impl FnOnce(&mut Config) {
    let settings = MailServerSettings {
        host: "127.0.0.1".into(),
        port: mail.port(),
        tls: false,
        credentials: None,
        from: sender("care@example.com").unwrap(),
    };
    move |config| config.mail = MailSettings::Server(settings)
}

/// The newest letter to somebody whose subject begins so, once there is one.
pub async fn letter(mail: &MailServer, to: &str, subject: &str) -> ReceivedLetter {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let letters = mail.letters();
        let wanted = |letter: &&ReceivedLetter| letter.to == to && letter.subject.starts_with(subject);
        if let Some(letter) = letters.iter().rev().find(wanted) {
            return letter.clone();
        }
        assert!(Instant::now() < until, "{letters:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
