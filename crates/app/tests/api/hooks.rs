//! What the operator's own programs report: signed, and nothing is said to who cannot sign.
use crate::ptsd::{alarms, in_a_crisis, over, trigger};
use domain::{
    identity::AccountFlag,
    outbox::SIGNATURE_TOLERANCE,
    shared::{Clock, Timestamp},
};
use infra::webhook::SigningSecret;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use testing::*;

const PATH: &str = "/hooks/mail-bounce";
const SECRET: &str = "a secret that two programs share";
const NOT_GENUINE: &str = "The signature is missing, wrong or too old.";
const NOT_A_REPORT: &str = "The body must be a JSON object with a message_id.";

fn taking_reports(app: &App, mail: &MailServer) -> App {
    let to_mail = over(mail);
    App::start(app.backend(), |config| {
        to_mail(config);
        config.mail_bounce_secret = Some(SigningSecret::parse(SECRET).unwrap());
    })
}

fn signature(secret: &str, at: Timestamp, signed: &str) -> String {
    let secret = SigningSecret::parse(secret).unwrap();
    secret.sign("1", &at.timestamp().to_string(), signed.as_bytes())
}

fn report(name: &str, at: Timestamp, signature: &str, body: &str) -> Case {
    let report = case(name).to(Method::POST, PATH).raw("application/json", body.as_bytes());
    report
        .header("webhook-id", "1")
        .header("webhook-timestamp", at.timestamp().to_string())
        .header("webhook-signature", signature)
}

fn signed(app: &App, name: &str, body: &str) -> Case {
    let now = app.clock.now();
    report(name, now, &signature(SECRET, now, body), body)
}

fn of(message_id: &str) -> String {
    json!({ "message_id": message_id, "why": "550 5.1.1 no such user" }).to_string()
}

async fn press(app: &App, mail: &MailServer) -> (Person, String) {
    let sarah = in_a_crisis(app, 3, "ivan@example.com").await;
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, Value::Null)]).await;
    let to_ivan = mail.letters().into_iter().find(|letter| letter.to == "ivan@example.com");
    (sarah, to_ivan.unwrap().message_id)
}

on_both!(a_letter_that_came_back_shows_as_such_and_is_told, async |app: App| {
    let mail = MailServer::start();
    let app = taking_reports(&app, &mail);
    let (sarah, id) = press(&app, &mail).await;
    let ann = app.patient("ann").await;
    app.grant("ann", AccountFlag::Staff(true));
    assert_eq!(alarms(&app, &sarah).await[0]["message_sent_to_contacts"], true);

    app.check([
        signed(&app, "reported", &of(id.trim_matches(['<', '>']))).answers(204, Value::Null),
        signed(&app, "again", &of(&id)).answers(204, Value::Null),
    ])
    .await;
    let alarm = alarms(&app, &sarah).await.remove(0);
    let flags = ["message_sent_to_contacts", "therapist_notified"].map(|f| alarm[f].clone());
    assert_eq!(flags, [json!(false), json!(true)]);
    let ivan = &alarm["recipients"][0];
    assert_eq!(
        (&ivan["state"], &ivan["reason"], &ivan["accepted_at"]),
        (&json!("refused"), &json!("письмо вернулось"), &Value::Null)
    );
    let id = &alarm["id"];
    assert_eq!(app.notifications(&sarah).await, [format!("Тревога № {id}: одно из писем не доставлено.")]);
    assert_eq!(
        app.notifications(&ann).await,
        [format!("Тревога № {id} пользователя sarah: одно из писем не доставлено.")]
    );
});

on_both!(who_cannot_sign_a_report_learns_and_changes_nothing, async |app: App| {
    let mail = MailServer::start();
    let app = taking_reports(&app, &mail);
    let (sarah, id) = press(&app, &mail).await;
    let (now, body) = (app.clock.now(), of(&id));
    let good = signature(SECRET, now, &body);
    let old = now - SIGNATURE_TOLERANCE - chrono::TimeDelta::seconds(2);
    let altered = of(&id.replace('@', "x@"));
    let refused = |case: Case| case.answers(401, detail(NOT_GENUINE));
    app.check([
        refused(case("no signature").post(PATH, json!({ "message_id": id }))),
        refused(case("nothing").to(Method::POST, PATH)),
        refused(report("wrong secret", now, &signature("another secret, of 24 bytes", now, &body), &body)),
        refused(report("old", old, &signature(SECRET, old, &body), &body)),
        refused(report("another time", now - chrono::TimeDelta::seconds(9), &good, &body)),
        refused(report("altered", now, &good, &altered)),
        refused(report("no base64", now, "v1,%", &body)),
        refused(report("broken body", now, &good, "{")),
        refused(report("nobody's letter", now, &good, &of("<nobody@example.com>"))),
        refused(report("as a person", now, "", &body).by(&sarah)),
    ])
    .await;
    let kept = alarms(&app, &sarah).await.remove(0);
    assert_eq!(kept["message_sent_to_contacts"], true);
});

on_both!(a_signed_report_is_read_strictly, async |app: App| {
    let mail = MailServer::start();
    let app = taking_reports(&app, &mail);
    let (sarah, id) = press(&app, &mail).await;
    let unknown = |name: &str, id: &str| signed(&app, name, &of(id)).answers(404, detail("Not found."));
    let bad = |name: &str, body: &str| signed(&app, name, body).answers(400, detail(NOT_A_REPORT));
    let large = json!({ "message_id": id, "letter": "x".repeat(64 * 1024) }).to_string();
    app.check([
        unknown("nobody's letter", "<nobody@example.com>"),
        unknown("no id", ""),
        unknown("NUL", "a\0@example.com"),
        unknown("no ASCII", "ж@example.com"),
        unknown("long", &format!("{}@example.com", "x".repeat(10_000))),
        bad("no JSON", "message_id"),
        bad("nothing", ""),
        bad("no object", "[]"),
        bad("no message_id", "{}"),
        bad("a number", r#"{"message_id": 7}"#),
        bad("no UTF-8", "{\"message_id\": \"\\ud800\"}"),
        signed(&app, "large", &large).answers(413, Value::Null),
        case("GET").get(PATH).answers(405, Value::Null),
        signed(&app, "with a slash", &of(&id)).to(Method::POST, format!("{PATH}/")).answers(204, Value::Null),
    ])
    .await;
    assert_eq!(alarms(&app, &sarah).await[0]["message_sent_to_contacts"], false);
});

on_both!(without_a_secret_no_reports_are_taken, async |app: App| {
    let body = of("<1@example.com>");
    app.check([signed(&app, "unset", &body).answers(404, detail("Not found."))]).await;
});

on_both!(the_example_of_the_manual_reports_a_bounce, async |app: App| {
    let mail = MailServer::start();
    let app = taking_reports(&app, &mail);
    let (sarah, id) = press(&app, &mail).await;
    let manual = include_str!("../../../../docs/OPERATIONS.md");
    let mut python = Command::new("python3");
    python.args(["-c", fenced_block(manual, "python", PATH), &id]);
    python.env("MAIL_BOUNCE_SECRET", SECRET).env("CAREBASE", &app.base);
    let ended = tokio::task::spawn_blocking(move || python.output().expect("python3 must be installed"));
    let ended = ended.await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(alarms(&app, &sarah).await[0]["message_sent_to_contacts"], false);
});
