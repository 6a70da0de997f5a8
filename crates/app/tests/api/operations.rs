//! What an operator counts on: limits, health, and a log that tells nothing it should not.
use app::config::Rates;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testing::*;

fn login(name: &str, password: &str) -> Case {
    case(name).post("/api/auth/login/", json!({ "username": name, "password": password }))
}

on_both!(guesses_are_limited_by_account_and_by_address_and_a_classroom_is_not, async |backend: Backend| {
    let rate = |text: &str| text.parse().unwrap();
    let rates = Rates {
        login_address: rate("60/h"),
        login_account: rate("5/h"),
        register_address: rate("40/h"),
        register_account: rate("3/h"),
        reset_address: rate("9/h"),
        reset_account: rate("2/h"),
    };
    let app = App::start(backend, |config| config.rates = Some(rates));
    // Forty pupils behind one address register and sign in.
    for n in 0..39 {
        let pupil = app.patient(&format!("pupil-{n}")).await;
        assert_eq!(app.ask(login(&pupil.username, PASSWORD)).await.status, 200);
    }
    for _ in 0..4 {
        assert_eq!(app.ask(login("pupil-0", "guess")).await.status, 400);
    }
    let refused = app.ask(login("pupil-0", PASSWORD)).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    // One account by any spelling that finds it.
    for spelling in [" pupil-0 ", "ｐｕｐｉｌ-0"] {
        assert_eq!(app.ask(login(spelling, PASSWORD)).await.status, 429, "{spelling}");
    }
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=720).contains(&seconds), "{seconds}");
    let words = format!("Request was throttled. Expected available in {seconds} seconds.");
    assert_eq!(refused.body, detail(&words));
    // The address is spent too, whatever name is tried; an invented forwarding changes nothing.
    for n in 0..20 {
        app.ask(login(&format!("spray-{n}"), "x")).await;
    }
    let spoofed = login("fresh", "x").header("X-Forwarded-For", "203.0.113.77");
    assert_eq!(app.ask(spoofed).await.status, 429);
    // Everything else goes on.
    assert_eq!(app.ask(case("live").get("/health/live")).await.status, 200);
});

on_both!(a_storm_of_logins_is_answered_or_told_to_come_back, async |app: App| {
    let sarah = app.patient("sarah").await;
    let storm = join_all((0..150).map(|_| app.ask(login("sarah", PASSWORD))));
    let reads = join_all((0..50).map(|_| app.ask(case("read").by(&sarah).get("/api/auth/profile/"))));
    let (logins, reads) = futures_util::future::join(storm, reads).await;
    assert!(reads.iter().all(|said| said.status == 200), "{reads:?}");
    for said in logins {
        match said.status {
            200 => assert_eq!(said.body["token"], sarah.token),
            503 => assert_eq!(said.header("retry-after"), "1"),
            other => panic!("{other}: {said:?}"),
        }
    }
});

on_both!(health_is_open_and_says_no_more_than_it_must, async |app: App| {
    app.check([
        case("live").get("/health/live").answers(200, json!({ "status": "ok" })),
        case("ready").get("/health/ready").answers(200, json!({ "status": "ready" })),
        case("ready/").get("/health/ready/").answers(200, json!({ "status": "ready" })),
    ])
    .await;
    app.application.readiness.leave();
    app.check([
        case("leaving").get("/health/ready").answers(503, Value::Null),
        case("but alive").get("/health/live").answers(200, Value::Null),
    ])
    .await;
});
