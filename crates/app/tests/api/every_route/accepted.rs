//! The document's own examples are accepted, at both forms of the path.
use super::{Operation, World, operations};
use reqwest::Method;
use serde_json::Value;
use testing::*;

on_both!(every_documented_example_is_accepted_with_and_without_the_final_slash, async |app: App| {
    let world = World::full(&app).await;
    for operation in operations() {
        let [with, without] = match operation.method {
            // A read changes nothing: all of them share one world.
            Method::GET => {
                [ask(&app, &world, &operation, true).await, ask(&app, &world, &operation, false).await]
            }
            _ => [ask_once(&app, &operation, true).await, ask_once(&app, &operation, false).await],
        };
        assert!((200..300).contains(&with.status), "{operation}: {with:?}");
        let told = |said: &Said| match operation.method {
            Method::GET => said.body.clone(),
            _ => shape(&said.body),
        };
        assert_eq!(
            (without.status, told(&without)),
            (with.status, told(&with)),
            "{operation} without its slash"
        );
    }
});

/// In a world of its own.
async fn ask_once(app: &App, operation: &Operation, slash: bool) -> Said {
    let model = ModelServer::start();
    let fresh = App::start(app.backend(), |config| model.serve(config));
    let world = World::before(&fresh, operation).await;
    ask(&fresh, &world, operation, slash).await
}

async fn ask(app: &App, world: &World, operation: &Operation, slash: bool) -> Said {
    let example = world.example(operation);
    app.ask(if slash { example } else { example.without_slash() }).await
}

/// Without the values, which tell of ids and times.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
    }
}
