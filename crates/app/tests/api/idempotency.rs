//! `Idempotency-Key`, on every route that knows it: made from the API document, so that a new one is tested as soon as its line
//! says so.
use crate::every_route::{Operation, operations, url_tables};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testing::*;

const KEY: &str = "Idempotency-Key";

/// The operations whose line in the URL table says `idempotent`.
fn idempotent() -> Vec<Operation> {
    let routes: Vec<_> = url_tables().into_iter().filter(|route| route.idempotent).collect();
    let known = |operation: &Operation| {
        routes.iter().any(|route| route.path == operation.path && route.method == operation.method.as_str())
    };
    let known: Vec<_> = operations().into_iter().filter(known).collect();
    assert!(known.len() == routes.len() && !known.is_empty());
    known
}

/// Those that make something which the same path lists. The alarm's own story is in `ptsd/alarm.rs`: what it makes is told by other
/// calls.
fn creations() -> Vec<Operation> {
    let (creations, others): (Vec<_>, Vec<_>) = idempotent()
        .into_iter()
        .partition(|operation| operation.documented["responses"].get("201").is_some());
    let others: Vec<_> = others.iter().map(ToString::to_string).collect();
    assert_eq!(others, ["POST /api/v1/event/trigger/{user_id}/"]);
    creations
}

fn make(operation: &Operation, who: &Person, key: &str) -> Case {
    let example = operation.body.as_ref().unwrap().example.clone();
    case(format!("{operation} {key}")).by(who).post(&operation.path, example).header(KEY, key)
}

fn made(said: &Said) -> i64 {
    assert_eq!(said.status, 201, "{said:?}");
    said.body["id"].as_i64().unwrap()
}

async fn count(app: &App, operation: &Operation, who: &Person) -> usize {
    let listed = app.ask(case("list").by(who).get(&operation.path)).await;
    listed.body.as_array().unwrap().len()
}

#[test]
fn a_key_is_known_where_somebody_makes_something_and_is_documented_there() {
    for operation in idempotent() {
        assert!(operation.method == "POST" && !operation.public, "{operation}");
        let parameters = operation.documented["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|parameter| parameter["name"] == KEY), "{operation}");
    }
}

on_both!(a_key_that_is_none_or_of_a_guest_makes_nothing, async |app: App| {
    let sarah = app.patient("sarah").await;
    for operation in creations() {
        let said = app.ask(make(&operation, &sarah, "")).await;
        assert_eq!(said.status, 400, "{said:?}");
        assert_eq!(app.ask(make(&operation, &sarah, &"x".repeat(256))).await.status, 400);
        let guest = case("guest").post(&operation.path, Value::Null).header(KEY, "1");
        assert_eq!(app.ask(guest).await.status, 401);
        assert_eq!(count(&app, &operation, &sarah).await, 0, "{operation}");
    }
});

on_both!(a_request_sent_again_hears_of_what_the_first_one_made_as_it_is_now, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    for operation in creations() {
        let first = app.ask(make(&operation, &sarah, "1")).await;
        let id = made(&first);
        let again = app.ask(make(&operation, &sarah, "1").without_slash()).await;
        assert_eq!((again.status, &again.body), (201, &first.body), "{operation}");
        // The same key is another one for another account, and where there is none each request is new.
        let of_kyle = made(&app.ask(make(&operation, &kyle, "1")).await);
        let (other, unnamed) = (made(&app.ask(make(&operation, &sarah, "2")).await), {
            let example = operation.body.as_ref().unwrap().example.clone();
            made(&app.ask(case("unnamed").by(&sarah).post(&operation.path, example)).await)
        });
        let mut ids = vec![id, of_kyle, other, unnamed];
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), count(&app, &operation, &sarah).await), (4, 3), "{operation}");
        // A day later it is new.
        app.clock.advance(TimeDelta::hours(25));
        assert_ne!(made(&app.ask(make(&operation, &sarah, "1")).await), id);
    }
});

on_both!(another_body_under_the_same_key_is_refused, async |app: App| {
    let sarah = app.patient("sarah").await;
    let bodies = |operation: &Operation| {
        let example = operation.body.as_ref().unwrap().example.clone();
        let mut changed = example.clone();
        // Any text will do.
        let (name, _) = example.as_object().unwrap().iter().rfind(|(_, value)| value.is_string()).unwrap();
        changed[name] = json!("something else");
        (name.clone(), changed)
    };
    for operation in creations() {
        let id = made(&app.ask(make(&operation, &sarah, "1")).await);
        let (name, changed) = bodies(&operation);
        let refused = app.ask(make(&operation, &sarah, "1").json(changed)).await;
        let words = "This Idempotency-Key stands for another request.";
        assert_eq!((refused.status, &refused.body), (422, &detail(words)), "{operation} {name}");
        assert_eq!(count(&app, &operation, &sarah).await, 1);
        assert_eq!(made(&app.ask(make(&operation, &sarah, "1")).await), id);
    }
});

on_both!(what_was_changed_or_deleted_since_is_told_as_it_is, async |app: App| {
    let sarah = app.patient("sarah").await;
    for (path, key, field) in
        [("/api/diary/notes/", "note_pk", "body"), ("/api/diary/stats/", "stat_pk", "description")]
    {
        let operation = idempotent().into_iter().find(|operation| operation.path == path).unwrap();
        let id = made(&app.ask(make(&operation, &sarah, "1")).await);
        let edit = json!({ key: id, field: "changed since" });
        assert_eq!(app.ask(case("edit").by(&sarah).patch(path, edit)).await.status, 200);
        let again = app.ask(make(&operation, &sarah, "1")).await;
        assert_eq!((made(&again), &again.body[field]), (id, &json!("changed since")));
        assert_eq!(app.ask(case("delete").by(&sarah).delete(path, json!({ key: id }))).await.status, 204);
        assert_eq!(app.ask(make(&operation, &sarah, "1")).await.status, 404);
        assert_eq!(count(&app, &operation, &sarah).await, 0);
    }
});

on_both!(requests_with_one_key_at_the_same_moment_make_one_thing, async |app: App| {
    let sarah = app.patient("sarah").await;
    for operation in creations() {
        for round in 0..5 {
            let key = format!("round-{round}");
            let said = join_all((0..12).map(|_| app.ask(make(&operation, &sarah, &key)))).await;
            let ids: std::collections::BTreeSet<_> = said.iter().map(made).collect();
            assert_eq!(ids.len(), 1, "{operation}");
            assert_eq!(count(&app, &operation, &sarah).await, round + 1);
        }
    }
});
