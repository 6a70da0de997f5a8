//! `/api/diary/notes/`, of version 1.
use serde_json::{Value, json};
use testing::*;

const NOTES: &str = "/api/diary/notes/";

on_both!(a_note_is_its_owners_and_nobody_elses, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let post = |body: Value| case(body.to_string()).by(&sarah).post(NOTES, body);
    app.check([
        post(json!({})).answers(400, json!({ "title": ["This field is required."] })),
        post(json!({ "title": " ", "body": null })).answers(
            400,
            json!({ "title": ["This field may not be blank."], "body": ["This field may not be null."] }),
        ),
        post(json!({ "title": "x".repeat(256) }))
            .answers(400, json!({ "title": ["Ensure this field has no more than 255 characters."] })),
        case("nothing was made").by(&sarah).get(NOTES).answers(200, json!([])),
    ])
    .await;

    let note = app.ask(post(json!({ "title": "Ask the doctor" }))).await;
    assert_eq!(note.status, 201);
    let keys: Vec<_> = note.body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "owner", "title", "body", "created_on", "last_modified"]);
    assert_eq!(note.body["body"], "");

    let id = note.body["id"].clone();
    let unknown = error("Note not found");
    let patch = |who: &Person, body: Value| case(body.to_string()).by(who).patch(NOTES, body);
    let delete = |who: &Person, body: Value| case(body.to_string()).by(who).delete(NOTES, body);
    app.check([
        patch(&kyle, json!({ "note_pk": id, "title": "mine" })).answers(404, unknown.clone()),
        patch(&sarah, json!({ "title": "which?" })).answers(404, unknown.clone()),
        patch(&sarah, json!({ "note_pk": "undefined" })).answers(404, unknown.clone()),
        patch(&sarah, json!({ "note_pk": id, "title": "" }))
            .answers(400, json!({ "title": ["This field may not be blank."] })),
        delete(&kyle, json!({ "note_pk": id })).answers(404, unknown.clone()),
        delete(&sarah, json!({ "note_pk": {} })).answers(404, unknown.clone()),
        case("kyle has none").by(&kyle).get(NOTES).answers(200, json!([])),
        case("untouched").by(&sarah).get(NOTES).answers(200, json!([note.body])),
    ])
    .await;
    let changed = app.ask(patch(&sarah, json!({ "note_pk": id, "body": "about the pills" }))).await;
    assert_eq!(
        (changed.status, &changed.body["title"], &changed.body["body"]),
        (200, &json!("Ask the doctor"), &json!("about the pills"))
    );
    app.check([
        delete(&sarah, json!({ "note_pk": id })).answers(204, json!("")),
        delete(&sarah, json!({ "note_pk": id })).answers(404, unknown),
    ])
    .await;
});
