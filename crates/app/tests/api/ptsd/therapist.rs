//! The one therapist whom a user names.
use serde_json::{Value, json};
use testing::*;

const FOREIGN: &str = "You are not authorized to edit another user's therapist contact.";
const MISSING: &str = "The 'name', 'phone', and 'email' fields are required.";

fn create(person: &Person) -> String {
    format!("/api/v1/user/create/therapist/{}/", person.id)
}

fn edit(person: &Person) -> String {
    format!("/api/v1/user/edit/therapist/{}/", person.id)
}

fn petr() -> Value {
    json!({ "name": "Петр Петров", "phone": "+79001234567", "email": "petr@example.com" })
}

fn answer(message: &str, id: i64, name: &str, phone: &str) -> Value {
    json!({ "message": message, "data": { "id": id, "name": name, "phone": phone, "email": "petr@example.com" } })
}

on_both!(a_therapist_is_named_replaced_and_changed_and_told_of_alarms_from_then_on, async |app: App| {
    let sarah = app.patient("sarah").await;
    let created = "A new therapist contact has been created.";
    let updated = "Therapist contact has been updated.";
    let mut other = petr();
    other["name"] = "Анна".into();
    let contact = async || {
        app.ask(case("me").by(&sarah).get("/api/v1/user/me/")).await.body["therapist_contact"].clone()
    };
    assert_eq!(contact().await, Value::Null);
    app.check([case("put")
        .by(&sarah)
        .put(create(&sarah), petr())
        .answers(201, answer(created, sarah.id, "Петр Петров", "+79001234567"))])
        .await;
    assert_eq!(contact().await, sarah.id);
    let clear = json!({ "therapist_contact": null });
    let again = json!({ "therapist_contact": sarah.id });
    let path = format!("/api/v1/user/edit/{}/", sarah.id);
    app.check([
        case("again")
            .by(&sarah)
            .put(create(&sarah), other)
            .answers(201, answer(created, sarah.id, "Анна", "+79001234567")),
        case("nothing")
            .by(&sarah)
            .patch(edit(&sarah), json!({}))
            .answers(200, answer(updated, sarah.id, "Анна", "+79001234567")),
        case("blanks change nothing")
            .by(&sarah)
            .patch(edit(&sarah), json!({ "name": "", "phone": null }))
            .answers(200, answer(updated, sarah.id, "Анна", "+79001234567")),
        case("the phone")
            .by(&sarah)
            .patch(edit(&sarah), json!({ "phone": "2" }))
            .answers(200, answer(updated, sarah.id, "Анна", "2")),
        case("not told").by(&sarah).patch(&path, clear).answers(200, Value::Null),
        case("still there").by(&sarah).patch(edit(&sarah), json!({})).answers(200, Value::Null),
        case("told").by(&sarah).patch(&path, again).answers(200, Value::Null),
    ])
    .await;
    assert_eq!(contact().await, sarah.id);
});

on_both!(a_bad_therapist_is_refused_and_nothing_is_changed, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, app.patient("ann").await);
    app.grant("ann", domain::identity::AccountFlag::Staff(true));
    let none = error("Therapist contact not found for this user.");
    let bad = json!({ "email": ["Enter a valid email address."] });
    let mut cases = vec![
        case("staff").by(&ann).put(create(&sarah), petr()).answers(403, error(FOREIGN)),
        case("staff, before all").by(&ann).patch(edit(&sarah), json!([])).answers(403, error(FOREIGN)),
        case("none yet").by(&sarah).patch(edit(&sarah), json!({ "name": "x" })).answers(404, none),
        case("nothing").by(&sarah).put(create(&sarah), json!({})).answers(400, error(MISSING)),
        case("no object").by(&sarah).put(create(&sarah), json!([])).answers(400, Value::Null),
    ];
    for (field, value, answer) in [
        ("name", json!(""), error(MISSING)),
        ("phone", Value::Null, error(MISSING)),
        ("email", json!(" "), error(MISSING)),
        ("email", json!("petr"), bad.clone()),
        ("email", json!("a@example.com,b@example.com"), bad.clone()),
    ] {
        let mut body = petr();
        body[field] = value;
        cases.push(case(field).by(&sarah).put(create(&sarah), body).answers(400, answer));
    }
    cases.push(case("good").by(&sarah).put(create(&sarah), petr()).answers(201, Value::Null));
    cases.push(
        case("a bad change")
            .by(&sarah)
            .patch(edit(&sarah), json!({ "name": "new", "email": "x" }))
            .answers(400, bad),
    );
    let unchanged = answer("Therapist contact has been updated.", sarah.id, "Петр Петров", "+79001234567");
    cases.push(case("unchanged").by(&sarah).patch(edit(&sarah), json!({})).answers(200, unchanged));
    app.check(cases).await;
});
