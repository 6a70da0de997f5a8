//! The calls of the PTSD support app, table by table.
mod alarm;
mod answers;
mod assistant;
mod assistant_stream;
mod consents;
mod contacts;
mod dispatcher;
mod identity;
mod music;
mod profile;
mod therapist;

use app::config::Config;
use infra::mail::{MailServer as MailServerSettings, MailSettings, sender};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testing::*;

pub(crate) fn trigger(id: impl std::fmt::Display) -> String {
    format!("/api/v1/event/trigger/{id}/")
}

/// Letters go to this server.
pub(crate) fn over(mail: &MailServer) -> impl FnOnce(&mut Config) {
    let settings = MailServerSettings {
        host: "127.0.0.1".into(),
        port: mail.port(),
        tls: false,
        credentials: None,
        from: sender("care@example.com").unwrap(),
    };
    move |config| config.mail = MailSettings::Server(settings)
}

/// Somebody with this scenario, a contact at this address, and a therapist.
pub(crate) async fn in_a_crisis(app: &App, scenario: i64, contact: &str) -> Person {
    let sarah = app.patient("sarah").await;
    let path = |call: &str| format!("/api/v1/user/{call}/{}/", sarah.id);
    let ivan = json!({ "name": "Иван", "phone": "1", "email": contact, "relationship": "Брат" });
    let petr = json!({ "name": "Пётр", "phone": "2", "email": "petr@example.com" });
    app.check([
        case("profile")
            .by(&sarah)
            .patch(path("edit"), json!({ "scenario": scenario, "location": "Москва" }))
            .answers(200, Value::Null),
        case("contact").by(&sarah).patch(path("edit/contact"), ivan).answers(201, Value::Null),
        case("therapist").by(&sarah).put(path("create/therapist"), petr).answers(201, Value::Null),
    ])
    .await;
    sarah
}

pub(crate) async fn alarms(app: &App, person: &Person) -> Vec<Value> {
    let said = app.ask(case("alarms").by(person).get("/api/v1/event/alarms/")).await;
    said.body.as_array().unwrap().clone()
}

/// Until the newest alarm is as it should be.
async fn becomes(app: &App, person: &Person, what: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let newest = alarms(app, person).await[0].clone();
        if what(&newest) {
            return newest;
        }
        assert!(Instant::now() < until, "{newest}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the mail server has accepted of alarms: contacts are asked for their consent, too.
pub(crate) fn alarm_letters(mail: &MailServer) -> Vec<ReceivedLetter> {
    let is_of_alarm = |letter: &ReceivedLetter| {
        ["Привет, ", "Hello, ", "Тревога: ", "Alarm: "].iter().any(|word| letter.subject.contains(word))
    };
    mail.letters().into_iter().filter(|letter| letter.accepted && is_of_alarm(letter)).collect()
}

/// The letter of this subject, when it has come.
async fn letter(mail: &MailServer, to: &str, subject: &str) -> ReceivedLetter {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let found = mail
            .letters()
            .into_iter()
            .find(|letter| letter.accepted && letter.to == to && letter.subject.contains(subject));
        if let Some(letter) = found {
            return letter;
        }
        assert!(Instant::now() < until, "no {subject:?} to {to}: {:?}", mail.letters());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The path of the link in it that leads to this page.
fn path_of(letter: &ReceivedLetter, page: &str) -> String {
    let found = letter.links().into_iter().find_map(|link| Some(link[link.find(page)?..].to_owned()));
    found.unwrap_or_else(|| panic!("no {page} in {}", letter.text()))
}
