//! Which letters an account wants, and the digest of what was not read.
use crate::letters::{letter, over};
use chrono::TimeDelta;
use domain::identity::AccountFlag;
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

const PAINAWAY: &str = "/api/auth/mail-settings/";
const PTSD: &str = "/api/v1/user/mail-settings/";

fn settings(digest: &str, appointments: bool) -> Value {
    json!({ "digest": digest, "appointments": appointments })
}

/// A doctor who was asked by one patient, and wants to be told each day.
async fn with_digest(backend: Backend) -> (App, MailServer, Person) {
    let mail = MailServer::start();
    let app = App::start(backend, over(&mail));
    let (house, sarah) = (app.doctor("house").await, app.patient("sarah").await);
    app.link(&sarah, &house, "pending").await;
    let daily = case("daily").by(&house).patch(PAINAWAY, json!({ "digest": "daily" }));
    app.check([daily.answers(200, settings("daily", true))]).await;
    (app, mail, house)
}

fn write(app: &App) -> usize {
    app.application.mail_settings.write_digests().unwrap()
}

on_both!(settings_are_one_for_all_clients_of_an_account, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let choice = |word: &str| json!({ "digest": [format!("\"{word}\" is not a valid choice.")] });
    for path in [PAINAWAY, PTSD] {
        let patch = |body: Value| case(body.to_string()).by(&sarah).patch(path, body);
        app.check([
            case("a guest").get(path).answers(401, detail(GUEST)),
            case("a guest").patch(path, json!({ "digest": "daily" })).answers(401, detail(GUEST)),
            patch(json!({ "digest": "hourly" })).answers(400, choice("hourly")),
            patch(json!({ "digest": "" })).answers(400, choice("")),
            patch(json!({ "digest": null }))
                .answers(400, json!({ "digest": ["This field may not be null."] })),
            patch(json!({ "digest": "often", "appointments": "perhaps" })).answers(
                400,
                json!({
                    "digest": ["\"often\" is not a valid choice."],
                    "appointments": ["Must be a valid boolean."],
                }),
            ),
            case("defaults").by(&sarah).get(path).answers(200, settings("off", true)),
            patch(json!({})).answers(200, settings("off", true)),
        ])
        .await;
    }
    app.check([
        case("weekly")
            .by(&sarah)
            .patch(PAINAWAY, json!({ "digest": "weekly" }))
            .answers(200, settings("weekly", true)),
        case("the other family").by(&sarah).get(PTSD).answers(200, settings("weekly", true)),
        case("no reminders")
            .by(&sarah)
            .patch(PTSD, json!({ "appointments": false, "owner": kyle.id }))
            .answers(200, settings("weekly", false)),
        case("the first family").by(&sarah).get(PAINAWAY).answers(200, settings("weekly", false)),
        case("another's").by(&kyle).get(PAINAWAY).answers(200, settings("off", true)),
        case("a form")
            .by(&kyle)
            .to(Method::PATCH, PTSD)
            .form(&[("digest", "daily")])
            .answers(200, settings("daily", true)),
    ])
    .await;
});

on_both!(a_digest_tells_what_was_not_read_and_how_to_end_it, async |backend: Backend| {
    let (app, mail, house) = with_digest(backend).await;
    assert_eq!(write(&app), 0);
    app.clock.advance(TimeDelta::days(1));
    assert_eq!((write(&app), write(&app)), (1, 0));
    let letter = letter(&mail, "house@example.com", "Непрочитанных уведомлений: 1").await;
    assert!(letter.text().contains("Новый запрос на прикрепление от SARAH Test"), "{}", letter.text());
    let unsubscribe = letter.header("List-Unsubscribe").unwrap();
    let url = unsubscribe.strip_prefix('<').unwrap().strip_suffix('>').unwrap();
    assert_eq!(letter.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    assert!(letter.text().contains(url) && letter.html().contains(url));
    let path = url.strip_prefix(&app.base).unwrap();
    let own = |name: &str| case(name).by(&house).get(PAINAWAY);
    let page = app.ask(case("page").get(path)).await;
    let html = page.body.as_str().unwrap();
    assert!(
        page.status == 200 && html.contains("<form method=\"post\">") && !html.contains("<script"),
        "{html}"
    );
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    app.check([
        case("HEAD").to(Method::HEAD, path).answers(200, Value::Null),
        own("nothing changed").answers(200, settings("daily", true)),
        case("altered").get(&path[..path.len() - 1]).answers(404, Value::Null),
        case("altered").to(Method::POST, &path[..path.len() - 1]).answers(404, Value::Null),
        case("one tap")
            .to(Method::POST, path)
            .form(&[("List-Unsubscribe", "One-Click")])
            .answers(200, Value::Null),
        own("off").answers(200, settings("off", true)),
        case("again").to(Method::POST, path).answers(200, Value::Null),
        own("still off").answers(200, settings("off", true)),
    ])
    .await;
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(write(&app), 0);
});

on_both!(
    other_letters_have_no_such_header_and_nobody_without_an_account_that_is_active_gets_a_digest,
    async |backend: Backend| {
        let (app, mail, _house) = with_digest(backend).await;
        app.grant("house", AccountFlag::Active(false));
        app.clock.advance(TimeDelta::days(1));
        assert_eq!(write(&app), 0);
        let ask = case("reset").post("/api/auth/password-reset/", json!({ "email": "sarah@example.com" }));
        app.check([ask.answers(200, Value::Null)]).await;
        let reset = letter(&mail, "sarah@example.com", "Новый пароль").await;
        assert_eq!(reset.header("List-Unsubscribe"), None);
        assert_eq!(mail.letters().len(), 1);
    }
);
