//! `/api/v1/user/{id}/`, `me/` and `edit/{id}/`.
use domain::{
    audit::AuditAction,
    identity::{AccountFlag, AccountId},
    shared::Page,
};
use serde_json::{Value, json};
use testing::*;

const FOREIGN: &str = "You are not authorized to access this user's information.";

fn show(id: impl std::fmt::Display) -> String {
    format!("/api/v1/user/{id}/")
}

fn edit(id: impl std::fmt::Display) -> String {
    format!("/api/v1/user/edit/{id}/")
}

fn profile_of(person: &Person, changed: Value) -> Value {
    let mut profile = json!({
        "id": person.id, "user": person.id, "username": person.username, "age": null, "location": "",
        "military_status": false, "ptsd_level": null, "music": null, "therapist_contact": null, "scenario": null
    });
    for (field, value) in changed.as_object().unwrap() {
        profile[field] = value.clone();
    }
    profile
}

on_both!(a_profile_is_its_owners_and_the_staffs, async |app: App| {
    let (sarah, kyle, ann) = (app.patient("sarah").await, app.doctor("kyle").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let unknown = error("UserInfo not found for this user.");
    app.check([
        case("a stranger").by(&kyle).get(show(sarah.id)).answers(403, error(FOREIGN)),
        case("a stranger").by(&kyle).patch(edit(sarah.id), json!({ "age": 1 })).answers(403, error(FOREIGN)),
        case("a stranger with nonsense")
            .by(&kyle)
            .patch(edit(sarah.id), json!([]))
            .answers(403, error(FOREIGN)),
        case("nobody").by(&kyle).get(show(9_999)).answers(403, error(FOREIGN)),
        case("nobody's number").by(&kyle).get(show("99999999999999999999")).answers(403, error(FOREIGN)),
        case("no number").by(&kyle).get(show("sarah")).answers(404, detail("Not found.")),
        case("a negative one").by(&kyle).get(show(-1)).answers(404, detail("Not found.")),
        case("nobody to staff").by(&ann).get(show(9_999)).answers(404, unknown.clone()),
        case("nobody to staff").by(&ann).get(show("99999999999999999999")).answers(404, unknown.clone()),
        case("nobody to staff").by(&ann).patch(edit(9_999), json!({ "age": 1 })).answers(404, unknown),
        case("own").by(&sarah).get(show(sarah.id)).answers(200, profile_of(&sarah, json!({}))),
        case("own").by(&sarah).get(show("me")).answers(200, profile_of(&sarah, json!({}))),
        case("staff").by(&ann).get(show(sarah.id)).answers(200, profile_of(&sarah, json!({}))),
        case("staff").by(&ann).patch(edit(sarah.id), json!({ "age": 30 })).answers(200, Value::Null),
        case("changed").by(&sarah).get(show("me")).answers(200, profile_of(&sarah, json!({ "age": 30 }))),
    ])
    .await;
    let lines = app.application.audit_log.of(AccountId::new(sarah.id), Page::first()).unwrap();
    let acts: Vec<_> =
        lines.iter().map(|line| (line.entry.actor.map(AccountId::get), line.entry.act)).collect();
    let of_staff = |act| (Some(ann.id), act);
    assert!(acts.contains(&of_staff(AuditAction::CrisisProfileSeen)), "{acts:?}");
    assert!(acts.contains(&of_staff(AuditAction::CrisisProfileChanged)), "{acts:?}");
    app.grant("ann", AccountFlag::Staff(false));
    app.check([case("no longer staff").by(&ann).get(show(sarah.id)).answers(403, error(FOREIGN))]).await;
});

on_both!(an_edit_changes_what_is_sent_and_answers_all_six_fields, async |app: App| {
    let sarah = app.patient("sarah").await;
    let answer = |data: Value| {
        let mut all = json!({
            "age": null, "location": "", "military_status": false, "ptsd_level": null, "therapist_contact": null,
            "scenario": null
        });
        for (field, value) in data.as_object().unwrap() {
            all[field] = value.clone();
        }
        json!({ "message": "UserInfo updated successfully.", "updated_data": all })
    };
    let all =
        json!({ "age": 35, "location": "Москва", "military_status": true, "ptsd_level": 2, "scenario": 3 });
    let without = |field: &str| {
        let mut rest = all.clone();
        rest[field] = Value::Null;
        rest
    };
    let patch = |name: &str, body: Value| case(name).by(&sarah).patch(edit(sarah.id), body);
    app.check([
        patch("nothing", json!({})).answers(200, answer(json!({}))),
        patch("all", all.clone()).answers(200, answer(all.clone())),
        patch("music is no part of it", json!({ "music": 2 })).answers(200, answer(all.clone())),
        patch("no scenario changes nothing", json!({ "scenario": null })).answers(200, answer(all.clone())),
        patch("no therapist is none", json!({ "therapist_contact": null })).answers(200, answer(all.clone())),
        patch("no age", json!({ "age": null })).answers(200, answer(without("age"))),
        patch("as text", json!({ "age": "35", "military_status": "yes" })).answers(200, answer(all.clone())),
        patch("a blank place", json!({ "location": " " })).answers(200, Value::Null),
        patch("no level", json!({ "ptsd_level": null })).answers(200, Value::Null),
    ])
    .await;
    let left = json!({ "age": 35, "military_status": true, "scenario": 3 });
    app.check([case("left").by(&sarah).get(show("me")).answers(200, profile_of(&sarah, left))]).await;
});

on_both!(an_edit_refuses_what_cannot_be_and_changes_nothing, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let therapist = json!({ "name": "x", "phone": "1", "email": "x@example.com" });
    let made =
        case("therapist").by(&kyle).put(format!("/api/v1/user/create/therapist/{}/", kyle.id), therapist);
    app.check([made.answers(201, Value::Null)]).await;
    let unknown = error("Therapist not found with this id.");
    let (age, level) = ("The age must be from 0 to 150.", "The PTSD level must be from 1 to 5.");
    let patch = |name: &str, body: Value| case(name).by(&sarah).patch(edit(sarah.id), body);
    app.check([
        patch("no number", json!({ "age": "abc" }))
            .answers(400, json!({ "age": ["A valid integer is required."] })),
        patch("too old", json!({ "age": 151 })).answers(400, json!({ "age": [age] })),
        patch("unborn", json!({ "age": -1 })).answers(400, json!({ "age": [age] })),
        patch("too much", json!({ "ptsd_level": 6 })).answers(400, json!({ "ptsd_level": [level] })),
        patch("too little", json!({ "ptsd_level": 0 })).answers(400, json!({ "ptsd_level": [level] })),
        patch("several", json!({ "ptsd_level": 9, "age": 999 }))
            .answers(400, json!({ "age": [age], "ptsd_level": [level] })),
        patch("no place", json!({ "location": null }))
            .answers(400, json!({ "location": ["This field may not be null."] })),
        patch("no status", json!({ "military_status": null }))
            .answers(400, json!({ "military_status": ["This field may not be null."] })),
        patch("a long place", json!({ "location": "я".repeat(101) }))
            .answers(400, json!({ "location": ["Ensure this field has no more than 100 characters."] })),
        patch("NUL", json!({ "location": "a\0b" }))
            .answers(400, json!({ "location": ["Null characters are not allowed."] })),
        patch("no such scenario", json!({ "age": 9, "scenario": 99 }))
            .answers(400, error("AlarmScenario not found with this id.")),
        patch("a word", json!({ "scenario": "x" })).answers(400, Value::Null),
        patch("no therapist yet", json!({ "age": 9, "therapist_contact": sarah.id }))
            .answers(400, unknown.clone()),
        patch("another's", json!({ "therapist_contact": kyle.id })).answers(400, unknown.clone()),
        patch("nobody's", json!({ "therapist_contact": 9_999 })).answers(400, unknown),
        patch("no object", json!([1])).answers(400, Value::Null),
        case("nothing changed").by(&sarah).get(show("me")).answers(200, profile_of(&sarah, json!({}))),
    ])
    .await;
});
