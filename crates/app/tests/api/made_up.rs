//! A second kind of family on the same layers: what it brings is its own, and a route that waits for somebody outside slows
//! nobody.
use crate::sockets::knock;
use actix_web::HttpServer;
use app::{application::Application, server};
use serde_json::{Value, json};
use std::{future::Future, io, net::TcpListener, pin::pin, time::Duration};
use testing::*;
use tokio::time::timeout;

fn serve(application: &Application, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let application = application.clone();
    let server = HttpServer::new(move || server::http_app(&application).configure(made_up));
    Ok(server.workers(1).worker_max_blocking_threads(4).disable_signals().listen(listener)?.run())
}

fn start(backend: Backend) -> App {
    App::serving(TestDb::fresh(backend), |_| {}, serve)
}

fn claims(of: &Person) -> String {
    format!("Bearer {}.{}", of.username, of.token)
}

fn refused(words: &str, fields: Value) -> Value {
    json!({ "success": false, "error": { "message": words, "fields": fields } })
}

on_both!(its_callers_are_authenticated_its_way_and_refused_in_its_envelope, async |app: App| {
    let app = start(app.backend());
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let me = |name: &str| case(name).get("/made-up/me/");
    let course = |who: &Person| case("course").authorization(claims(who)).post("/made-up/course", json!({}));
    app.check([
        me("a guest").answers(401, refused(GUEST, Value::Null)),
        me("another family's scheme").by(&sarah).answers(401, refused(GUEST, Value::Null)),
        me("a false claim")
            .authorization(format!("Bearer house.{}", sarah.token))
            .answers(401, refused("Invalid token.", Value::Null)),
        me("sarah").authorization(claims(&sarah)).answers(200, json!({ "success": true, "name": "sarah" })),
        case("its credential at another family's door")
            .authorization(claims(&sarah))
            .get("/api/auth/profile/")
            .answers(401, detail(GUEST)),
        course(&sarah).answers(403, refused(WRONG_ROLE, Value::Null)),
        course(&house).answers(
            400,
            refused("Invalid input.", json!({ "medicines": { "1": { "dose": ["required"] } } })),
        ),
        case("options")
            .authorization(claims(&sarah))
            .to(reqwest::Method::OPTIONS, "/made-up/me/")
            .answers(200, json!({ "resource": "Me" })),
    ])
    .await;
    let guest = app.ask(me("a guest")).await;
    assert_eq!(guest.header("www-authenticate"), "Bearer realm=\"made up\"");
});

#[test]
fn its_part_of_the_api_document_is_rendered_by_itself() {
    let document = serde_json::to_value(web::schema::document(&[&MADE_UP], &[], &["/"])).unwrap();
    assert_eq!(document["components"]["securitySchemes"]["claims"]["scheme"], "bearer");
    let responses = &document["paths"]["/made-up/course/"]["post"]["responses"];
    let examples = |status: &str| {
        let all = responses[status]["content"]["application/json"]["examples"].as_object().unwrap();
        all.values().map(|example| example["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(examples("401"), [refused("Invalid token.", Value::Null), refused(GUEST, Value::Null)]);
    assert_eq!(examples("403"), [refused(WRONG_ROLE, Value::Null)]);
}

on_both!(its_socket_is_opened_by_its_own_credential_and_by_no_other, async |app: App| {
    let app = start(app.backend());
    let sarah = app.patient("sarah").await;
    let (path, header) = ("/made-up/echo/", "authorization");
    for headers in [&[][..], &[(header, &*format!("Token {}", sarah.token))], &[(header, "Bearer x.y")]] {
        assert_eq!(knock(&app.base, path, headers).await.err(), Some(401), "{headers:?}");
    }
    let with_token = knock(&app.base, &format!("{path}?token={}", sarah.token), &[]).await;
    assert_eq!(with_token.err(), Some(401), "a token in the address is another family's way");
    let (mut socket, _) = knock(&app.base, path, &[(header, &claims(&sarah))]).await.ok().unwrap();
    socket.text("7").await;
    assert_eq!(socket.hears().await, json!({ "echo": 7 }));
});

on_both!(two_hundred_calls_that_wait_for_somebody_outside_slow_nobody_else, async |app: App| {
    let app = start(app.backend());
    let sarah = app.patient("sarah").await;
    let advice = || app.ask(case("advice").authorization(claims(&sarah)).get("/made-up/advice/"));
    let mut waiting = pin!(futures_util::future::join_all((0..200).map(|_| advice())));
    // Until all have come to their waiting: then nothing of them moves for twenty seconds.
    assert!(timeout(Duration::from_secs(3), waiting.as_mut()).await.is_err(), "they answered at once");
    for _ in 0..50 {
        let profile = app.ask(case("profile").by(&sarah).get("/api/auth/profile/"));
        let note = app.ask(case("note").by(&sarah).post("/api/diary/notes/", json!({ "title": "x" })));
        let others = async { (profile.await.status, note.await.status) };
        // A thread or a connection that one of them held would be missed here: there are far fewer than two hundred.
        let heard = while_waiting(waiting.as_mut(), others).await;
        assert_eq!(heard, (200, 201));
    }
    let advised = waiting.await;
    assert_eq!(advised.len(), 200);
    for said in advised {
        assert_eq!((said.status, &said.body["advice"]), (200, &json!("Rest, sarah.")));
    }
});

/// Both are driven; the others must be answered first.
async fn while_waiting<T, U>(waiting: impl Future<Output = T>, others: impl Future<Output = U>) -> U {
    tokio::select! {
        biased;
        answered = others => answered,
        _ = waiting => panic!("the waiting calls were answered before the others"),
    }
}
