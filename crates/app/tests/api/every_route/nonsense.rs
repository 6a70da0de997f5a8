//! Values that nobody sends by accident never break anything.
use super::{World, is_clear_refusal, operations};
use serde_json::{Value, json};
use testing::*;

fn values() -> Vec<Value> {
    let mut values = json!([
        null, true, [], [1, 2], {}, { "$ne": null },
        "", " ", "undefined", "\u{0}", "a\u{0}b", "\u{1b}[2J", "'; drop table accounts; --", "%", "\u{202e}gnp",
        "99999999999999999999999", "1e5", "+1",
        -1, 0, 1.5, 1e308, i64::MIN, i64::MAX, u64::MAX
    ]);
    let values = values.as_array_mut().unwrap();
    values.push("я".repeat(10_000).into());
    std::mem::take(values)
}

/// As they stand in an address. The first is empty.
const RAW: &str = "|undefined|null|0|-1|1.0|1e3|0x1|9223372036854775808|%00|%ff|1%20OR%201=1|%D9%A1";

on_both!(no_field_takes_nonsense_and_none_of_it_breaks_anything, async |backend: Backend| {
    let model = ModelServer::start();
    for operation in operations() {
        let Some(body) = &operation.body else { continue };
        // An operation that is accepted may change what the next one needs: each has a world of its own.
        let fresh = App::start(backend, |config| model.serve(config));
        let world = World::before(&fresh, &operation).await;
        for field in &body.fields {
            for value in values() {
                let mut nonsense = body.example.clone();
                nonsense[field] = value.clone();
                let said = fresh.ask(world.request(&operation).json(nonsense)).await;
                assert!(said.status < 500, "{operation} {field}={value}: {said:?}");
            }
        }
    }
});

on_both!(no_part_of_a_path_and_no_query_takes_nonsense, async |app: App| {
    let world = World::full(&app).await;
    for operation in operations() {
        let in_query = operation.query_parameters.iter().map(|parameter| {
            let twice = format!("1&{}=undefined", parameter.name);
            (parameter, Some(twice))
        });
        let in_path = operation.path_parameters.iter().map(|parameter| (parameter, None));
        for (parameter, twice) in in_path.chain(in_query) {
            for raw in RAW.split('|').chain(twice.as_deref()) {
                let address = world.address(&operation, Some((&parameter.name, raw)));
                let example = operation.body.as_ref().map_or(Value::Null, |body| body.example.clone());
                let said = app.ask(world.request_to(&operation, address).json(example)).await;
                assert!(is_clear_refusal(&said), "{operation} {}={raw}: {said:?}", parameter.name);
            }
        }
    }
});
