//! A new password by a link in a letter: `/api/auth/password-reset/` and `/reset/<token>`.
use crate::{
    letters::{letter, over},
    sockets,
};
use app::config::Rates;
use chrono::TimeDelta;
use domain::{identity::AccountFlag, outbox::LinkPage, shared::Language};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use testing::*;

const ASK: &str = "/api/auth/password-reset/";
const NEW: &str = "cyberdyne-1984";

fn sent() -> Value {
    detail("If an account has this address, a letter with a link has been sent to it.")
}

fn ask(email: &str) -> Case {
    case(email).post(ASK, json!({ "email": email }))
}

fn login(password: &str) -> Case {
    case(password).post("/api/auth/login/", json!({ "username": "sarah", "password": password }))
}

/// The form, as a browser sends it.
fn send(path: &str, password: &str, repeat: &str) -> Case {
    case(password).to(Method::POST, path).form(&[("password", password), ("password_repeat", repeat)])
}

/// The path of the link in the newest letter of this kind to somebody.
async fn link(app: &App, mail: &MailServer, to: &str) -> String {
    let text = letter(mail, to, "Новый пароль").await.text();
    let url = text.lines().find(|line| line.starts_with("http")).unwrap();
    url.strip_prefix(&app.base).unwrap_or_else(|| panic!("{url}")).to_owned()
}

/// Sarah, and the path of a link of hers.
async fn with_link(backend: Backend) -> (App, MailServer, Person, String) {
    let mail = MailServer::start();
    let app = App::start(backend, over(&mail));
    let sarah = app.patient("sarah").await;
    app.check([ask("sarah@example.com").answers(200, sent())]).await;
    let path = link(&app, &mail, "sarah@example.com").await;
    (app, mail, sarah, path)
}

async fn page(app: &App, path: &str) -> (u16, String) {
    let said = app.ask(case("page").get(path)).await;
    (said.status, said.body.as_str().unwrap().to_owned())
}

on_both!(what_is_no_address_is_refused_as_when_registering, async |app: App| {
    let refused = |body: Value, words: &str| {
        case(body.to_string()).post(ASK, body).answers(400, json!({ "email": [words] }))
    };
    app.check([
        refused(json!({}), "This field is required."),
        refused(json!({ "email": "" }), "This field may not be blank."),
        refused(json!({ "email": null }), "This field may not be null."),
        refused(json!({ "email": ["a"] }), "Not a valid string."),
        refused(json!({ "email": "sarah" }), "Enter a valid email address."),
        case("GET").get(ASK).answers(405, Value::Null),
    ])
    .await;
    assert_eq!(app.database.sql().count("password_reset_requests"), 0);
});

on_both!(
    known_and_unknown_addresses_get_the_same_answer_and_only_the_known_one_a_letter,
    async |backend: Backend| {
        let mail = MailServer::start();
        let app = App::start(backend, over(&mail));
        for name in ["sarah", "gone"] {
            app.patient(name).await;
        }
        app.grant("gone", AccountFlag::Active(false));
        let mut answers = vec![];
        for email in ["nobody@example.com", "gone@example.com", "SARAH@Example.com"] {
            let said = app.ask(ask(email)).await;
            let mut names: Vec<_> = said.headers.keys().map(|name| name.as_str().to_owned()).collect();
            names.sort();
            answers.push((said.status, said.body.to_string(), names));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!((answers[0].0, &answers[0].1), (200, &sent().to_string()));
        // Sarah's came last: when she has hers, the others were looked at.
        link(&app, &mail, "sarah@example.com").await;
        assert_eq!(mail.letters().len(), 1);
        assert_eq!(app.database.sql().count("password_reset_requests"), 0);
    }
);

on_both!(a_link_gives_a_new_password_once_and_signs_out_everywhere, async |backend: Backend| {
    let (app, mail, sarah, path) = with_link(backend).await;
    let mut socket = sockets::open(&app, &sarah, "/ws/notifications/").await;
    app.check([
        send(&path, NEW, NEW).answers(200, Value::Null),
        send(&path, "another-1984", "another-1984").answers(404, Value::Null),
        case("used").get(&path).answers(404, Value::Null),
        login(PASSWORD).answers(400, error("Invalid credentials")),
        login("another-1984").answers(400, error("Invalid credentials")),
        login(NEW).answers(200, Value::Null),
        case("her old token").by(&sarah).get("/api/auth/profile/").answers(401, detail("Invalid token.")),
    ])
    .await;
    assert_eq!(socket.end().await.1, sockets::UNAUTHORIZED);
    let told = letter(&mail, "sarah@example.com", "Изменён пароль").await;
    assert!(
        told.text().contains("Если это сделали не Вы") && !told.raw.contains("/reset/"),
        "{}",
        told.text()
    );
});

on_both!(nothing_but_the_button_changes_anything, async |backend: Backend| {
    let (app, _mail, sarah, path) = with_link(backend).await;
    let before = app.database.sql().words("select token_hash || spent as words from password_resets");
    // Mail scanners follow every link.
    for method in [Method::GET, Method::HEAD, Method::GET, Method::OPTIONS] {
        let said = app.ask(case("scanner").to(method.clone(), &path)).await;
        assert_eq!(said.status, 200, "{method}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(app.ask(case("other").to(method.clone(), &path)).await.status, 405, "{method}");
    }
    let after = app.database.sql().words("select token_hash || spent as words from password_resets");
    assert_eq!(after, before);
    app.check([
        login(PASSWORD).answers(200, Value::Null),
        case("her token").by(&sarah).get("/api/auth/profile/").answers(200, Value::Null),
        send(&path, NEW, NEW).answers(200, Value::Null),
    ])
    .await;
});

on_both!(the_page_is_a_plain_form_and_says_at_the_field_what_is_wrong, async |backend: Backend| {
    let (app, _mail, _sarah, path) = with_link(backend).await;
    let said = app.ask(case("page").get(&path)).await;
    let html = said.body.as_str().unwrap();
    for part in [
        "<html lang=\"ru\">",
        "Учётная запись: sarah",
        "<form method=\"post\">",
        "name=\"password\" type=\"password\" autocomplete=\"new-password\"",
        "name=\"password_repeat\" type=\"password\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<script") && !html.contains("http"), "{html}");
    assert!(said.header("content-type").starts_with("text/html"), "{said:?}");
    let policy = said.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert_eq!((said.header("cache-control"), said.header("referrer-policy")), ("no-store", "no-referrer"));
    let long = "x".repeat(129);
    for (password, repeat, words) in [
        ("", "", "Введите пароль."),
        ("short", "short", "Не меньше 8 символов."),
        (&long, &long, "Не больше 128 символов."),
        ("a\0bcdefgh", "a\0bcdefgh", "Такой пароль не подходит."),
        (NEW, "cyberdyne-1985", "Пароли не совпадают."),
        (NEW, "", "Пароли не совпадают."),
    ] {
        let said = app.ask(send(&path, password, repeat)).await;
        let html = said.body.as_str().unwrap();
        assert!(
            said.status == 400 && html.contains(words) && html.contains("role=\"alert\""),
            "{words}: {said:?}"
        );
        assert!(!html.contains("cyberdyne"), "no password is shown again: {html}");
    }
    let nothing = app.ask(case("no body").to(Method::POST, &path)).await;
    assert_eq!(nothing.status, 400);
    let broken = app.ask(case("no form").to(Method::POST, &path).raw("text/plain", "x")).await;
    assert!(broken.status == 415 && broken.body.as_str().unwrap().contains("Не получилось"), "{broken:?}");
    assert_eq!(app.ask(login(PASSWORD)).await.status, 200);
});

on_both!(a_link_that_is_not_good_leads_nowhere_and_all_of_them_look_alike, async |backend: Backend| {
    let (app, _mail, sarah, path) = with_link(backend).await;
    let token = path.strip_prefix("/reset/").unwrap();
    let altered = format!("{}{}", &token[..39], if token.ends_with('0') { '1' } else { '0' });
    let other = app.application.password_resets.links.new_link(LinkPage::Unsubscribe).token;
    let (known, unknown) = (page(&app, &path).await, page(&app, "/reset/nonsense").await);
    assert_eq!((known.0, unknown.0), (200, 404));
    for bad in [altered.as_str(), &token[..39], other.expose(), &sarah.token, "%00", "%ff", "x y"] {
        let bad = format!("/reset/{bad}");
        assert_eq!(page(&app, &bad).await, unknown, "{bad}");
        let said = app.ask(send(&bad, NEW, NEW)).await;
        assert_eq!((said.status, said.body.as_str().unwrap()), (404, unknown.1.as_str()), "{bad}");
    }
    app.grant("sarah", AccountFlag::Active(false));
    assert_eq!(page(&app, &path).await, unknown);
    assert_eq!(app.ask(send(&path, NEW, NEW)).await.status, 404);
    app.grant("sarah", AccountFlag::Active(true));
    app.clock.advance(TimeDelta::minutes(29));
    assert_eq!(page(&app, &path).await.0, 200);
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(page(&app, &path).await, unknown);
    assert_eq!(app.ask(send(&path, NEW, NEW)).await.status, 404);
    assert_eq!(app.ask(login(PASSWORD)).await.status, 200);
});

on_both!(of_two_who_use_a_link_at_once_one_is_told_that_it_does_not_work, async |backend: Backend| {
    let (app, _mail, _sarah, path) = with_link(backend).await;
    let both = futures_util::future::join_all(["the-first-1984", "the-second-1984"].map(|password| {
        let app = &app;
        let path = &path;
        async move { (password, app.ask(send(path, password, password)).await.status) }
    }))
    .await;
    let mut statuses: Vec<_> = both.iter().map(|(_, status)| *status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404], "{both:?}");
    for (password, status) in both {
        assert_eq!(app.ask(login(password)).await.status, if status == 200 { 200 } else { 400 });
    }
});

on_both!(a_password_that_is_changed_elsewhere_ends_the_link, async |backend: Backend| {
    let (app, _mail, sarah, path) = with_link(backend).await;
    let edit = case("edit").by(&sarah).patch("/api/auth/profile/", json!({ "password": NEW }));
    app.check([edit.answers(200, Value::Null), case("link").get(&path).answers(404, Value::Null)]).await;
});

on_both!(an_account_gets_three_letters_an_hour, async |backend: Backend| {
    let (app, mail, _sarah, first) = with_link(backend).await;
    for _ in 0..4 {
        app.check([ask("sarah@example.com").answers(200, sent())]).await;
    }
    // A letter to somebody else, asked for last, says that all of them were looked at.
    app.patient("kyle").await;
    app.check([ask("kyle@example.com").answers(200, sent())]).await;
    link(&app, &mail, "kyle@example.com").await;
    let to_sarah = || mail.letters().iter().filter(|letter| letter.to == "sarah@example.com").count();
    for _ in 0..50 {
        if to_sarah() >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((to_sarah(), app.database.sql().count("password_resets")), (3, 4));
    // Each link is good, until one of them is used.
    app.check([send(&first, NEW, NEW).answers(200, Value::Null)]).await;
    assert_eq!(app.database.sql().number("select count(*) from password_resets where not spent"), 1);
});

on_both!(tries_are_limited_by_the_address_that_is_named_and_by_who_asks, async |backend: Backend| {
    let rate = |text: &str| text.parse().unwrap();
    let app = App::start(backend, |config| {
        config.rates = Some(Rates {
            login_address: rate("60/h"),
            login_account: rate("60/h"),
            register_address: rate("60/h"),
            register_account: rate("60/h"),
            reset_address: rate("6/h"),
            reset_account: rate("2/h"),
        });
    });
    app.patient("sarah").await;
    for email in ["sarah@example.com", "nobody@example.com"] {
        for _ in 0..2 {
            app.check([ask(email).answers(200, sent())]).await;
        }
        // In any case: one address is one account.
        let refused = app.ask(ask(&email.to_uppercase())).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    }
    let spent = app.ask(ask("third@example.com")).await;
    assert_eq!(spent.status, 429, "{spent:?}");
    let page = app.ask(send("/reset/x", NEW, NEW)).await;
    assert!(page.status == 429 && page.body.as_str().unwrap().contains("Слишком много попыток"), "{page:?}");
    assert_eq!(app.ask(login(PASSWORD)).await.status, 200);
});

on_both!(a_link_leads_where_the_operator_says_in_their_language, async |backend: Backend| {
    let mail = MailServer::start();
    let to_mail = over(&mail);
    let app = App::start(backend, |config| {
        to_mail(config);
        config.public_url = Some("https://care.example.com".into());
        config.ptsd.language = Language::English;
    });
    app.patient("sarah").await;
    app.check([ask("sarah@example.com").answers(200, sent())]).await;
    let text = letter(&mail, "sarah@example.com", "A new password for sarah").await.text();
    let path = text.lines().find_map(|line| line.strip_prefix("https://care.example.com")).unwrap();
    let (status, html) = page(&app, path).await;
    assert!(status == 200 && html.contains("<html lang=\"en\">") && html.contains("Once more"), "{html}");
    let said = app.ask(send(path, "short", "short")).await;
    assert!(said.body.as_str().unwrap().contains("At least 8 characters."), "{said:?}");
});

on_both!(without_a_trusted_host_nobody_is_written_to_and_the_answer_is_the_same, async |backend: Backend| {
    let mail = MailServer::start();
    let to_mail = over(&mail);
    let app = App::start(backend, |config| {
        to_mail(config);
        config.allowed_hosts = vec!["*".into()];
    });
    app.patient("sarah").await;
    app.check([ask("sarah@example.com").header("Host", "evil.example.com").answers(200, sent())]).await;
    let mut sql = app.database.sql();
    assert_eq!((sql.count("password_reset_requests"), sql.count("outbox")), (0, 0));
});
