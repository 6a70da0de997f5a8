//! The assistant: what it is asked and answers, what it may not learn, and who is in danger.
use chrono::TimeDelta;
use domain::{assistant::Said, identity::AccountFlag};
use serde_json::{Value, json};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};
use testing::*;

const FOREIGN: &str = "You are not authorized to send messages to this user";
const NOT_CONFIGURED: &str = "The assistant is not available.";
const AWAY: &str = "The assistant is temporarily unavailable. Please try again later.";
const BAD: &str = "Failed to get a valid response from the model.";
/// What the screen takes for danger, worry and neither.
pub(super) const DANGER: &str = "I want to die";
pub(super) const HELLO: &str = "Good morning, I slept well";

pub(super) fn chat(id: impl std::fmt::Display) -> String {
    format!("/api/v1/chat/{id}/")
}

fn history(person: &Person) -> String {
    format!("/api/v1/chat/{}/history/", person.id)
}

pub(super) fn text(text: &str) -> Value {
    json!({ "text": text })
}

pub(super) async fn said(app: &App, person: &Person) -> Vec<Value> {
    let all = app.ask(case("history").by(person).get(history(person))).await;
    all.body.as_array().unwrap().clone()
}

on_both!(nobody_writes_for_another_not_even_the_staff, async |app: App| {
    let (sarah, kyle, ann) =
        (app.patient("sarah").await, app.patient("kyle").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let path = chat(sarah.id);
    app.check([
        case("a guest").post(&path, text(DANGER)).answers(401, detail(GUEST)),
        case("a stranger").by(&kyle).post(&path, text(DANGER)).answers(403, error(FOREIGN)),
        case("a stranger without a text").by(&kyle).post(&path, json!({})).answers(403, error(FOREIGN)),
        case("staff").by(&ann).post(&path, text(DANGER)).answers(403, error(FOREIGN)),
        case("nobody").by(&kyle).post(chat(9_999), text(DANGER)).answers(403, error(FOREIGN)),
        case("no id").by(&kyle).post(chat("sarah"), text(DANGER)).answers(404, Value::Null),
        case("another's history").by(&kyle).get(history(&sarah)).answers(403, error(FOREIGN)),
        case("staff").by(&ann).get(history(&sarah)).answers(403, error(FOREIGN)),
        case("another's consent")
            .by(&kyle)
            .post(format!("{path}consent/"), json!({}))
            .answers(403, error(FOREIGN)),
    ])
    .await;
    assert_eq!(said(&app, &sarah).await, Vec::<Value>::new());
});

on_both!(a_text_is_required_and_has_an_end, async |app: App| {
    let sarah = app.patient("sarah").await;
    let missing = error("Message text is required");
    let post = |name: &str, body: Value| case(name).by(&sarah).post(chat(sarah.id), body);
    app.check([
        post("none", json!({})).answers(400, missing.clone()),
        post("null", json!({ "text": null })).answers(400, missing.clone()),
        post("blank", text(" \n")).answers(400, missing.clone()),
        post("a list", json!({ "text": ["a"] })).answers(400, missing),
        post("too long", text(&"a".repeat(Said::MAX + 1)))
            .answers(400, json!({ "text": ["Ensure this field has no more than 8000 characters."] })),
        post("a good one, and no model", text(HELLO)).answers(503, error(NOT_CONFIGURED)),
    ])
    .await;
    assert_eq!(said(&app, &sarah).await, Vec::<Value>::new());
});

on_both!(a_conversation_is_kept_and_goes_along, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    for (n, words) in [HELLO, "And then I had tea"].into_iter().enumerate() {
        model.set(ModelMode::Says(format!("Answer {n}.")));
        let asked = case(words).by(&sarah).post(chat(sarah.id), text(words));
        app.check([asked.answers(200, json!({ "response": format!("Answer {n}.") }))]).await;
    }
    let told = &model.requests()[1].body["messages"];
    let told: Vec<_> =
        told.as_array().unwrap()[1..].iter().map(|turn| (&turn["role"], &turn["content"])).collect();
    assert_eq!(
        told,
        [
            (&json!("user"), &json!(HELLO)),
            (&json!("assistant"), &json!("Answer 0.")),
            (&json!("user"), &json!("And then I had tea")),
        ]
    );
    let kept = said(&app, &sarah).await;
    let shown: Vec<_> =
        kept.iter().map(|one| (one["sender"].as_str().unwrap(), one["message"].as_str().unwrap())).collect();
    assert_eq!(
        shown,
        [("user", HELLO), ("gpt", "Answer 0."), ("user", "And then I had tea"), ("gpt", "Answer 1.")]
    );
    assert_eq!((&kept[1]["session_type"], &kept[1]["model"]), (&json!("gpt"), &json!(ModelServer::NAME)));
    assert!(kept[1]["tokens"].as_u64().unwrap() > 0 && kept[1]["took_ms"].is_u64());
    assert_eq!((&kept[0]["model"], &kept[0]["screen"]), (&Value::Null, &Value::Null));
    app.check([case("erased")
        .by(&sarah)
        .delete(history(&sarah), Value::Null)
        .answers(200, json!({ "message": "Chat history deleted.", "deleted_count": 4 }))])
        .await;
    assert_eq!(said(&app, &sarah).await, Vec::<Value>::new());
    app.ask(case("another").by(&kyle).post(chat(kyle.id), text(HELLO))).await;
    assert_eq!(model.requests().last().unwrap().body["messages"].as_array().unwrap().len(), 2);
});

on_both!(a_model_that_fails_is_told_in_our_own_words, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    for (mode, status, words) in [
        (ModelMode::Garbage, 502, BAD),
        (ModelMode::Empty, 502, BAD),
        (ModelMode::Redirect, 502, BAD),
        (ModelMode::Ok, 200, ""),
        (ModelMode::Huge, 502, BAD),
        (ModelMode::Status(400), 502, BAD),
        (ModelMode::Status(500), 503, AWAY),
        (ModelMode::Ok, 200, ""),
        (ModelMode::Status(429), 503, AWAY),
        (ModelMode::BreakBeforeAnswer(2), 503, AWAY),
        (ModelMode::BreakBeforeAnswer(1), 200, ""),
    ] {
        let name = format!("{mode:?}");
        model.set(mode);
        let heard = app.ask(case(&name).by(&sarah).post(chat(sarah.id), text(HELLO))).await;
        assert_eq!(heard.status, status, "{name}: {heard:?}");
        assert!(
            !heard.body.to_string().contains(ModelServer::SECRET)
                && !heard.body.to_string().contains("127.0.0.1"),
            "{}",
            heard.body.to_string()
        );
        if status != 200 {
            assert_eq!(heard.body, error(words), "{name}");
        }
    }
    assert_eq!(said(&app, &sarah).await.len(), 6, "what failed is not kept");
});

on_both!(somebody_in_danger_is_answered_whatever_the_model_does, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| {
        model.serve(config);
        config.assistant.needs_consent = true;
        config.assistant.messages_per_hour = NonZeroU32::new(1);
        config.assistant.notifies_staff = true;
    });
    let (sarah, ann) = (app.patient("sarah").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let path = |call: &str| format!("/api/v1/user/{call}/{}/", sarah.id);
    let petr = json!({ "name": "Пётр Сильверман", "phone": "+1 555 0101", "email": "petr@example.com" });
    app.ask(case("therapist").by(&sarah).put(path("create/therapist"), petr)).await;
    app.ask(case("location").by(&sarah).patch(path("edit"), json!({ "location": "New York" }))).await;
    for mode in [ModelMode::Hang, ModelMode::Status(500), ModelMode::Ok] {
        model.set(mode);
        let begun = Instant::now();
        let heard = app.ask(case("danger").by(&sarah).post(chat(sarah.id), text(DANGER))).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        assert!(begun.elapsed() < Duration::from_secs(2));
        let response = heard.body["response"].as_str().unwrap().to_owned();
        for named in ["alarm button", "988", "Пётр Сильверман, +1 555 0101"] {
            assert!(response.contains(named), "{named} in {response}");
        }
    }
    let heard = app.ask(case("in Russian").by(&sarah).post(chat(sarah.id), text("я хочу умереть"))).await;
    assert!(heard.body.to_string().contains("кнопку тревоги"), "{heard:?}");
    assert!(model.requests().is_empty());
    let kept = said(&app, &sarah).await;
    assert_eq!((kept.len(), &kept[1]["sender"], &kept[1]["screen"]), (8, &json!("system"), &json!("danger")));
    let told = app.ask(case("notices").by(&ann).get("/api/diary/notifications/")).await.body.to_string();
    assert_eq!(told.matches("Пользователь sarah написал ассистенту, что кто-то в опасности.").count(), 1);
});

on_both!(somebody_in_danger_is_answered_while_the_database_is_held_up, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut other = app.database.sql();
    let hold = match app.backend() {
        Backend::Sqlite => "begin immediate",
        Backend::Postgres => "begin; lock table assistant_messages in access exclusive mode",
    };
    for statement in hold.split("; ") {
        other.run(statement).unwrap();
    }
    let heard = app.ask(case("danger").by(&sarah).post(chat(sarah.id), text(DANGER))).await;
    assert!(heard.status == 200 && heard.body.to_string().contains("alarm button"), "{heard:?}");
    other.run("rollback").unwrap();
});

on_both!(where_consent_is_required_it_is_asked_for_once, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| {
        model.serve(config);
        config.assistant.needs_consent = true;
    });
    let sarah = app.patient("sarah").await;
    let ask = |words: &str| case("ask").by(&sarah).post(chat(sarah.id), text(words));
    let refused = app.ask(ask("Доброе утро")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body["error"].as_str().unwrap().contains("программа, а не человек"));
    assert!(app.ask(ask(HELLO)).await.body.to_string().contains("by a program, not by a person"));
    assert!(model.requests().is_empty());
    let agree = format!("/api/v1/chat/{}/consent/", sarah.id);
    app.check([
        case("agrees")
            .by(&sarah)
            .post(&agree, json!({}))
            .answers(200, json!({ "message": "Consent recorded." })),
        case("again")
            .by(&sarah)
            .post(&agree, json!({}))
            .answers(200, json!({ "message": "Consent recorded." })),
        ask(HELLO).answers(200, json!({ "response": ModelServer::ANSWER })),
    ])
    .await;
    let withdraw = || {
        let case = case("withdraws").by(&sarah).delete(&agree, Value::Null);
        case.answers(200, json!({ "message": "Consent withdrawn." }))
    };
    app.check([withdraw(), withdraw()]).await;
    assert_eq!(app.ask(ask(HELLO)).await.status, 403);
    assert_eq!(model.requests().len(), 1);
});

on_both!(an_answer_that_comes_after_its_question_was_erased_is_not_kept, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    model.set(ModelMode::Slow(Duration::from_secs(1)));
    let erase = async {
        while model.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        app.ask(case("erases").by(&sarah).delete(history(&sarah), Value::Null)).await
    };
    let ask = app.ask(case("asks").by(&sarah).post(chat(sarah.id), text(HELLO)));
    let (answered, erased) = tokio::join!(ask, erase);
    assert_eq!((answered.status, erased.status), (200, 200));
    assert!(said(&app, &sarah).await.is_empty());
    model.set(ModelMode::Ok);
    app.ask(case("asks again").by(&sarah).post(chat(sarah.id), text(HELLO))).await;
    assert_eq!(said(&app, &sarah).await.len(), 2);
});

on_both!(an_account_has_so_many_messages_an_hour, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| {
        model.serve(config);
        config.assistant.messages_per_hour = NonZeroU32::new(2);
    });
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let ask =
        async |person: &Person| app.ask(case("ask").by(person).post(chat(person.id), text(HELLO))).await;
    for _ in 0..2 {
        assert_eq!(ask(&sarah).await.status, 200);
    }
    let refused = ask(&sarah).await;
    assert_eq!(refused.status, 429);
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3_600).contains(&seconds));
    assert_eq!(ask(&kyle).await.status, 200);
    app.clock.advance(TimeDelta::seconds(i64::try_from(seconds).unwrap()));
    assert_eq!(ask(&sarah).await.status, 200);
    assert_eq!(model.requests().len(), 4);
});

on_both!(nothing_that_goes_out_tells_who_asks, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("canary_username").await;
    let path = |call: &str| format!("/api/v1/user/{call}/{}/", sarah.id);
    let own = json!({
        "first_name": "Canarina", "last_name": "Canarova", "phone_number": "+79001112233",
        "email": "canary-own@example.com",
    });
    app.ask(case("profile").by(&sarah).patch("/api/auth/profile/", own)).await;
    let contact = json!({ "name": "Канарий Канарейкин", "phone": "+79004445566", "email": "canary-c@example.com", "relationship": "Брат" });
    let therapist =
        json!({ "name": "Dr Canaryson", "phone": "8 900 777-88-99", "email": "canary-t@example.com" });
    app.ask(case("contact").by(&sarah).patch(path("edit/contact"), contact)).await;
    app.ask(case("therapist").by(&sarah).put(path("create/therapist"), therapist)).await;
    let words = "I am Canarina Canarova (canary_username, CANARINA), write to canary-own@example.com or call \
        +7 (900) 111-22-33 or 89001112233. С Канарием говорил Канарейкин, +79004445566, canary-c@example.com. \
        Dr Canaryson: 8 900 777-88-99, canary-t@example.com; also canary-other@example.org and +49 30 123456789.";
    model.set(ModelMode::Says("Hello, Canarina! I wrote to canary-own@example.com.".into()));
    for _ in 0..2 {
        assert_eq!(app.ask(case("ask").by(&sarah).post(chat(sarah.id), text(words))).await.status, 200);
    }
    let requests = model.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        let raw = request.raw().to_lowercase();
        for canary in
            ["canar", "канар", "1112233", "111-22-33", "4445566", "777-88-99", "123456789", &sarah.token]
        {
            assert!(!raw.contains(&canary.to_lowercase()), "{canary} in {raw}");
        }
        let user = request.body["user"].as_str().unwrap();
        assert!(user.len() == 32 && user == requests[0].body["user"], "{user}");
    }
});

on_both!(an_answer_that_gives_doses_is_replaced, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    model.set(ModelMode::Says("Take 20 mg of it tonight.".into()));
    let heard = app.ask(case("ask").by(&sarah).post(chat(sarah.id), text(HELLO))).await;
    assert!(
        heard.status == 200
            && heard.body.to_string().contains("alarm button")
            && !heard.body.to_string().contains("20 mg")
    );
    let kept = said(&app, &sarah).await;
    assert_eq!((&kept[1]["screen"], &kept[1]["sender"]), (&json!("harmful"), &json!("system")));
    assert!(!kept[1]["message"].as_str().unwrap().contains("20 mg"));
});
