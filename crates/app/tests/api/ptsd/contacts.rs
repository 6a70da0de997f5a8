//! Emergency contacts.
use serde_json::{Value, json};
use testing::*;

const FOREIGN: &str = "You are not authorized to edit another user's emergency contact.";
const MISSING: &str = "The 'name', 'phone', and 'relationship' fields are required.";

fn add(person: &Person) -> String {
    format!("/api/v1/user/edit/contact/{}/", person.id)
}

fn all_of(person: &Person) -> String {
    format!("/api/v1/user/contacts/{}/", person.id)
}

fn one_of(person: &Person, contact: i64) -> String {
    format!("{}{contact}/", all_of(person))
}

fn ivan() -> Value {
    json!({ "name": "Иван Иванов", "phone": "+79001234567", "email": "ivan@example.com", "relationship": "Брат" })
}

fn with(field: &str, value: Value) -> Value {
    let mut contact = ivan();
    contact[field] = value;
    contact
}

on_both!(each_call_adds_a_contact_and_the_owner_keeps_them, async |app: App| {
    let sarah = app.patient("sarah").await;
    let added = app.ask(case("added").by(&sarah).patch(add(&sarah), ivan())).await;
    let id = added.body["data"]["id"].as_i64().unwrap();
    let keys: Vec<_> = added.body["data"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((added.status, keys), (201, vec!["id", "name", "phone", "email", "relationship"]));
    assert_eq!(added.body["message"], "A new emergency contact has been created.");

    let contact = |id: i64, field: &str, value: Value| {
        let mut contact = with(field, value);
        contact["id"] = id.into();
        contact
    };
    let (second, third) = (id + 1, id + 2);
    let patch = |body: Value| case("edit").by(&sarah).patch(one_of(&sarah, id), body);
    let unknown = || error("Emergency contact not found.");
    app.check([
        case("without an address")
            .by(&sarah)
            .patch(add(&sarah), with("email", json!("")))
            .answers(201, Value::Null),
        case("null is none")
            .by(&sarah)
            .patch(add(&sarah), with("email", Value::Null))
            .answers(201, Value::Null),
        patch(json!({})).answers(200, contact(id, "name", json!("Иван Иванов"))),
        patch(json!({ "email": null })).answers(200, contact(id, "email", json!(""))),
        patch(json!({ "name": "" })).answers(400, json!({ "name": ["This field may not be blank."] })),
        case("list").by(&sarah).get(all_of(&sarah)).answers(
            200,
            json!([
                contact(id, "email", json!("")),
                contact(second, "email", json!("")),
                contact(third, "email", json!(""))
            ]),
        ),
        case("delete").by(&sarah).delete(one_of(&sarah, second), Value::Null).answers(204, Value::Null),
        case("deleted").by(&sarah).delete(one_of(&sarah, second), Value::Null).answers(404, unknown()),
        case("no number")
            .by(&sarah)
            .delete(format!("{}x/", all_of(&sarah)), Value::Null)
            .answers(404, Value::Null),
        case("too large")
            .by(&sarah)
            .delete(format!("{}99999999999999999999/", all_of(&sarah)), Value::Null)
            .answers(404, unknown()),
    ])
    .await;
});

on_both!(a_bad_contact_is_refused_in_the_seeds_words_and_none_is_added, async |app: App| {
    let sarah = app.patient("sarah").await;
    let patch = |name: &str, body: Value| case(name).by(&sarah).patch(add(&sarah), body);
    let mut cases = vec![
        patch("nothing", json!({})).answers(400, error(MISSING)),
        patch("no address", with("email", json!("ivan")))
            .answers(400, json!({ "email": ["Enter a valid email address."] })),
        patch("an injected header", with("email", json!("ivan@example.com\r\nBcc: x@example.com")))
            .answers(400, json!({ "email": ["Enter a valid email address."] })),
        patch("a number as a name is text", with("name", json!(7))).answers(201, Value::Null),
        patch("a name of a list", with("name", json!([])))
            .answers(400, json!({ "name": ["Not a valid string."] })),
        patch("a long phone", with("phone", json!("1".repeat(21))))
            .answers(400, json!({ "phone": ["Ensure this field has no more than 20 characters."] })),
        patch("a very long name", with("name", json!("я".repeat(10_000))))
            .answers(400, json!({ "name": ["Ensure this field has no more than 100 characters."] })),
        patch("NUL", with("name", json!("a\0b")))
            .answers(400, json!({ "name": ["Null characters are not allowed."] })),
        patch("a line break", with("name", json!("a\r\nBcc: x@example.com")))
            .answers(400, json!({ "name": ["Control characters are not allowed."] })),
        patch("no object", json!("x")).answers(400, Value::Null),
    ];
    for field in ["name", "phone", "relationship"] {
        for value in [Value::Null, json!(""), json!("   ")] {
            cases.push(patch(field, with(field, value)).answers(400, error(MISSING)));
        }
    }
    app.check(cases).await;
    let listed = app.ask(case("list").by(&sarah).get(all_of(&sarah))).await.body;
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
});

on_both!(contacts_are_shut_to_everybody_else_the_staff_too, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, app.patient("ann").await);
    app.grant("ann", domain::identity::AccountFlag::Staff(true));
    let said = app.ask(case("added").by(&sarah).patch(add(&sarah), ivan())).await;
    let id = said.body["data"]["id"].as_i64().unwrap();
    let unknown = error("Emergency contact not found.");
    app.check([
        case("add").by(&ann).patch(add(&sarah), ivan()).answers(403, error(FOREIGN)),
        case("refused before the body is read")
            .by(&ann)
            .patch(add(&sarah), json!([]))
            .answers(403, error(FOREIGN)),
        case("list").by(&ann).get(all_of(&sarah)).answers(403, error(FOREIGN)),
        case("edit").by(&ann).patch(one_of(&sarah, id), json!({ "name": "x" })).answers(403, error(FOREIGN)),
        case("delete").by(&ann).delete(one_of(&sarah, id), Value::Null).answers(403, error(FOREIGN)),
        case("hers by the own path")
            .by(&ann)
            .patch(one_of(&ann, id), json!({ "name": "x" }))
            .answers(404, unknown.clone()),
        case("hers by the own path").by(&ann).delete(one_of(&ann, id), Value::Null).answers(404, unknown),
    ])
    .await;
});

on_both!(nobody_has_more_than_twenty_contacts, async |app: App| {
    let sarah = app.patient("sarah").await;
    for _ in 0..20 {
        assert_eq!(app.ask(case("added").by(&sarah).patch(add(&sarah), ivan())).await.status, 201);
    }
    let refused = error("At most 20 emergency contacts can be stored.");
    app.check([case("one more").by(&sarah).patch(add(&sarah), ivan()).answers(400, refused)]).await;
    let listed = app.ask(case("list").by(&sarah).get(all_of(&sarah))).await.body;
    assert_eq!(listed.as_array().unwrap().len(), 20);
});
