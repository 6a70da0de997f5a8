//! What happens until somebody answers an alarm: the link in the letters, repeats, and "I am safe".
use super::{alarm_letters, alarms, becomes, in_a_crisis, letter, over, path_of, trigger};
use chrono::TimeDelta;
use domain::identity::AccountFlag;
use infra::webhook::{SigningSecret, WebhookSettings, WebhookUrl};
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

const IVAN: &str = "ivan@example.com";

async fn raised(app: &App, mail: &MailServer) -> Person {
    let sarah = in_a_crisis(app, 3, IVAN).await;
    app.check([case("press").by(&sarah).post(trigger(sarah.id), json!({})).answers(200, Value::Null)]).await;
    assert_eq!(alarm_letters(mail).len(), 2);
    sarah
}

fn with_mail(app: &App) -> (MailServer, App) {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    (mail, app)
}

async fn page(app: &App, method: Method, path: &str) -> (u16, String) {
    let said = app.ask(case("page").to(method, path).header("Accept", "text/html")).await;
    (said.status, said.body.as_str().unwrap_or_default().to_owned())
}

fn safe(id: impl std::fmt::Display) -> String {
    format!("/api/v1/event/alarms/{id}/safe/")
}

/// Lets so much time pass, and repeats what is due.
fn pass(app: &App, minutes: i64) -> usize {
    app.clock.advance(TimeDelta::minutes(minutes));
    app.application.alarms.service.repeat_unanswered().unwrap()
}

on_both!(a_link_shows_the_alarm_and_its_button_answers_it_once, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = raised(&app, &mail).await;
    let link = path_of(&letter(&mail, IVAN, "Привет").await, "/a/");
    // Opening the link changes nothing: mail scanners do it.
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let (status, html) = page(&app, method.clone(), &link).await;
        assert_eq!(status, 200);
        if method == Method::GET {
            assert!(html.contains("SARAH Test (sarah)") && html.contains("Москва"), "{html}");
            assert!(html.contains("<form method=\"post\">") && !html.contains("<script"), "{html}");
        }
    }
    assert_eq!(alarms(&app, &sarah).await[0]["answered_at"], Value::Null);

    for _ in 0..2 {
        let (status, html) = page(&app, Method::POST, &link).await;
        assert!(status == 200 && html.contains("Спасибо"), "{html}");
        assert!(!html.contains("<form"), "{html}");
    }
    let alarm = alarms(&app, &sarah).await.remove(0);
    assert_eq!((&alarm["completed"], &alarm["repeat_at"]), (&json!(true), &Value::Null));
    assert!(alarm["answered_at"].is_string() && alarm["recipients"][0]["answered_at"].is_string(), "{alarm}");
    assert_eq!(alarm["recipients"][1]["answered_at"], Value::Null);
    let answered = "Иван откликнулся на тревогу № 1.";
    assert_eq!(app.notifications(&sarah).await.iter().filter(|notice| *notice == answered).count(), 1);

    // The therapist may answer, too.
    let other = path_of(&letter(&mail, "petr@example.com", "Тревога").await, "/a/");
    let (_, html) = page(&app, Method::GET, &other).await;
    assert!(html.contains("Кто-то уже откликнулся") && html.contains("<form"), "{html}");
    page(&app, Method::POST, &other).await;
    assert!(alarms(&app, &sarah).await[0]["recipients"][1]["answered_at"].is_string());
});

on_both!(no_other_link_opens_a_page, async |app: App| {
    let (mail, app) = with_mail(&app);
    raised(&app, &mail).await;
    let good = path_of(&letter(&mail, IVAN, "Привет").await, "/a/");
    let consent = path_of(&letter(&mail, IVAN, "контакт").await, "/contact/");
    let token = good.trim_start_matches("/a/").to_owned();
    let last = if token.ends_with('0') { "1" } else { "0" };
    let altered = format!("{}{last}", &good[..good.len() - 1]);
    let of_another_page = consent.replace("/contact/", "/a/");
    let upper = format!("/a/{}", token.to_uppercase());
    let long = format!("/a/{}", "0".repeat(10_000));
    for bad in
        [&altered, &of_another_page, &upper, &long, &good.replace("/a/", "/contact/"), &"/a/x'--".into()]
    {
        for method in [Method::GET, Method::POST] {
            let (status, html) = page(&app, method.clone(), bad).await;
            assert_eq!(status, 404, "{method} {bad}");
            assert!(html.contains("Ссылка не действует"), "{html}");
        }
    }
    let said = app.ask(case("headers").get(&good)).await;
    let policy = said.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert_eq!((said.header("cache-control"), said.header("referrer-policy")), ("no-store", "no-referrer"));
    // A week later it is nobody's business any more.
    app.clock.advance(TimeDelta::days(8));
    for method in [Method::GET, Method::POST] {
        assert_eq!(page(&app, method, &good).await.0, 404);
    }
});

on_both!(an_alarm_is_repeated_until_somebody_answers, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = raised(&app, &mail).await;
    let ann = app.patient("ann").await;
    app.grant("ann", AccountFlag::Staff(true));
    assert_eq!(pass(&app, 4), 0);
    assert_eq!(pass(&app, 1), 1);
    assert_eq!(pass(&app, 0), 0);
    becomes(&app, &sarah, |alarm| alarm["repeats"] == 1).await;
    let again = letter(&mail, IVAN, "Повторно: Привет").await;
    assert!(again.text().contains("ещё никто не ответил"), "{}", again.text());
    assert_eq!(app.notifications(&ann).await, ["На тревогу № 1 пользователя sarah никто не ответил."]);

    // Any of the links answers, and nothing comes after that.
    page(&app, Method::POST, &path_of(&again, "/a/")).await;
    assert_eq!((pass(&app, 60), alarms(&app, &sarah).await[0]["repeats"].clone()), (0, json!(1)));
    let alarm = alarms(&app, &sarah).await.remove(0);
    assert!(alarm["recipients"][0]["answered_at"].is_string(), "{alarm}");
});

on_both!(an_answer_takes_back_what_of_a_repeat_was_not_sent, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = raised(&app, &mail).await;
    let link = path_of(&letter(&mail, IVAN, "Привет").await, "/a/");
    mail.set(MailMode::Defer);
    assert_eq!(pass(&app, 5), 1);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while mail.letters().iter().filter(|letter| !letter.accepted).count() < 2 {
        assert!(std::time::Instant::now() < until, "{:?}", mail.letters());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // What became of them is stored by then; the next try comes later.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    page(&app, Method::POST, &link).await;
    mail.set(MailMode::Accept);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    app.clock.advance(TimeDelta::minutes(1));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(alarm_letters(&mail).len(), 2, "{:?}", mail.letters());
    let alarm = alarms(&app, &sarah).await.remove(0);
    assert_eq!((&alarm["completed"], &alarm["message_sent_to_contacts"]), (&json!(true), &json!(true)));
});

on_both!(an_alarm_that_nobody_answers_ends_when_it_is_exhausted, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = raised(&app, &mail).await;
    assert_eq!((pass(&app, 5), pass(&app, 10), pass(&app, 600)), (1, 1, 0));
    let alarm = becomes(&app, &sarah, |alarm| alarm["completed"] == true).await;
    assert_eq!((&alarm["repeats"], &alarm["answered_at"]), (&json!(2), &Value::Null));
});

on_both!(repeats_can_be_turned_off, async |app: App| {
    let mail = MailServer::start();
    let to_mail = over(&mail);
    let app = App::start(app.backend(), |config| {
        to_mail(config);
        config.ptsd.alarm_repeats = domain::crisis::RepeatPlan::new(0);
    });
    let sarah = raised(&app, &mail).await;
    assert_eq!(pass(&app, 600), 0);
    assert_eq!(alarms(&app, &sarah).await[0]["completed"], true);
});

on_both!(who_is_safe_ends_their_alarms_and_who_was_told_hears_of_it, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = raised(&app, &mail).await;
    let kyle = app.patient("kyle").await;
    let press = || case("press").by(&sarah).post(trigger(sarah.id), json!({})).answers(200, Value::Null);
    // One joins the first, and one is an alarm of its own.
    app.check([press()]).await;
    app.clock.advance(TimeDelta::seconds(30));
    app.check([press()]).await;
    app.check([
        case("a guest").post(safe(1), json!({})).answers(401, Value::Null),
        case("somebody else").by(&kyle).post(safe(1), json!({})).answers(404, Value::Null),
        case("nobody's").by(&sarah).post(safe(99), json!({})).answers(404, Value::Null),
        case("no id").by(&sarah).post(safe("x"), json!({})).answers(404, Value::Null),
        case("safe").by(&sarah).post(safe(3), json!({})).answers(200, Value::Null),
        case("again").by(&sarah).post(safe(3), json!({})).answers(200, Value::Null),
    ])
    .await;
    for to in [IVAN, "petr@example.com"] {
        letter(&mail, to, "Всё в порядке").await;
    }
    for alarm in alarms(&app, &sarah).await {
        assert!(alarm["safe_at"].is_string() && alarm["completed"] == true, "{alarm}");
    }
    assert_eq!(pass(&app, 60), 0);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let told = mail.letters().iter().filter(|letter| letter.subject.contains("Всё в порядке")).count();
    assert_eq!((told, alarm_letters(&mail).len()), (2, 4));
    let link = path_of(&letter(&mail, IVAN, "Привет").await, "/a/");
    let (_, html) = page(&app, Method::GET, &link).await;
    assert!(html.contains("Тревога снята") && !html.contains("<form"), "{html}");
});

on_both!(who_is_safe_before_any_letter_left_alarms_nobody, async |app: App| {
    let (mail, app) = with_mail(&app);
    mail.set(MailMode::Defer);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    app.check([
        case("press").by(&sarah).post(trigger(sarah.id), json!({})).answers(200, Value::Null),
        case("safe").by(&sarah).post(safe(1), json!({})).answers(200, Value::Null),
    ])
    .await;
    mail.set(MailMode::Accept);
    app.clock.advance(TimeDelta::minutes(1));
    // They were tried, and nobody knows what became of that: they hear that all is well, and of no alarm.
    letter(&mail, IVAN, "Всё в порядке").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(alarm_letters(&mail).len(), 0, "{:?}", mail.letters());
});

on_both!(a_webhook_has_a_channel_of_its_own_and_turns_no_word_about_letters, async |app: App| {
    let (mail, receiver) = (MailServer::start(), WebhookReceiver::start());
    mail.set(MailMode::Refuse);
    let to_mail = over(&mail);
    let app = App::start(app.backend(), |config| {
        to_mail(config);
        config.webhook = Some(WebhookSettings {
            url: WebhookUrl::parse(&receiver.url()).unwrap(),
            secret: SigningSecret::parse("a secret for webhooks, long enough").unwrap(),
        });
    });
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    let said = app.ask(case("press").by(&sarah).post(trigger(sarah.id), json!({}))).await;
    let messages = said.body["messages"].as_array().unwrap();
    assert_eq!(messages[0], "Ошибка отправки уведомления для Брат (Иван): письмо не принято");
    let of = |alarm: &Value, channel: &str, what: &str| -> Vec<Value> {
        let all = alarm["recipients"].as_array().unwrap().iter();
        all.filter(|to| to["channel"] == channel).map(|to| to[what].clone()).collect()
    };
    let alarm =
        becomes(&app, &sarah, |alarm| of(alarm, "webhook", "state") == ["accepted", "accepted"]).await;
    assert_eq!(of(&alarm, "email", "state"), ["refused", "refused"]);
    let flags = ["message_sent_to_contacts", "therapist_notified"].map(|flag| alarm[flag].clone());
    assert_eq!(flags, [json!(false), json!(false)]);

    let mut bodies: Vec<Value> =
        receiver.requests().iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    bodies.sort_by_key(|body| body["recipient"]["phone"].to_string());
    let body = &bodies[0];
    assert_eq!((&body["type"], &body["recipient"]["phone"]), (&json!("alarm"), &json!("1")));
    // The link in a short message answers like that in a letter.
    let url = body["answer_url"].as_str().unwrap();
    page(&app, Method::POST, &url[url.find("/a/").unwrap()..]).await;
    let alarm = alarms(&app, &sarah).await.remove(0);
    assert!(alarm["completed"] == true && alarm["answered_at"].is_string(), "{alarm}");

    app.check([case("safe").by(&sarah).post(safe(1), json!({})).answers(200, Value::Null)]).await;
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while receiver.requests().len() < 4 {
        assert!(std::time::Instant::now() < until, "{:?}", receiver.requests());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let last: Value = serde_json::from_str(&receiver.requests()[3].body).unwrap();
    assert_eq!((&last["type"], &last["answer_url"]), (&json!("safe"), &Value::Null));
});
