//! `/api/diary/bodyparts/`, `/api/diary/stats/`, and version 1's `/api/diary/notes/`.
use chrono::TimeDelta;
use serde_json::{Value, json};
use testing::*;

const STATS: &str = "/api/diary/stats/";
const NOTES: &str = "/api/diary/notes/";

fn record() -> Value {
    json!({ "body_part": 25, "pain_type": "stabbing", "intensity": 3 })
}

fn with(field: &str, value: Value) -> Value {
    let mut body = record();
    body[field] = value;
    body
}

on_both!(the_body_map_has_44_parts_verbatim, async |app: App| {
    let sarah = app.patient("sarah").await;
    let seed: Value = serde_json::from_str(include_str!("../../../../seeds/body_parts.json")).unwrap();
    assert_eq!(seed.as_array().unwrap().len(), 44);
    app.check([case("sarah").by(&sarah).get("/api/diary/bodyparts/").answers(200, seed)]).await;
});

on_both!(making_a_record_refuses_what_the_contract_names, async |app: App| {
    let sarah = app.patient("sarah").await;
    let post = |body: Value| case(body.to_string()).by(&sarah).post(STATS, body);
    let pain = "Invalid pain type. Must be one of: ['burning', 'stabbing', 'cutting', 'throbbing']";
    let range = "Intensity must be between 0 and 10";
    let integer = "A valid integer is required.";
    app.check([
        post(json!({})).answers(
            400,
            json!({
                "pain_type": ["This field is required."], "intensity": ["This field is required."],
                "body_part": ["This field is required."],
            }),
        ),
        post(json!([])).answers(
            400,
            json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got list."] }),
        ),
        post(with("pain_type", json!("dull"))).answers(400, json!({ "pain_type": [pain] })),
        post(with("pain_type", json!("")))
            .answers(400, json!({ "pain_type": ["This field may not be blank."] })),
        post(with("pain_type", json!("elevenchars")))
            .answers(400, json!({ "pain_type": ["Ensure this field has no more than 10 characters."] })),
        post(with("intensity", json!(11))).answers(400, json!({ "intensity": [range] })),
        post(with("intensity", json!(-1))).answers(400, json!({ "intensity": [range] })),
        post(with("intensity", json!(3.5))).answers(400, json!({ "intensity": [integer] })),
        post(with("intensity", json!(true))).answers(400, json!({ "intensity": [integer] })),
        post(with("intensity", json!(1e30))).answers(400, json!({ "intensity": [integer] })),
        post(with("body_part", json!(70)))
            .answers(400, json!({ "body_part": ["Invalid pk \"70\" - object does not exist."] })),
        post(with("body_part", json!(0)))
            .answers(400, json!({ "body_part": ["Invalid pk \"0\" - object does not exist."] })),
        post(with("body_part", json!("arm")))
            .answers(400, json!({ "body_part": ["Incorrect type. Expected pk value, received str."] })),
        post(with("body_part", json!([25])))
            .answers(400, json!({ "body_part": ["Incorrect type. Expected pk value, received list."] })),
        post(with("body_part", Value::Null))
            .answers(400, json!({ "body_part": ["This field may not be null."] })),
        post(with("body_part", json!(18446744073709551615_u64))).answers(
            400,
            json!({ "body_part": ["Invalid pk \"18446744073709551615\" - object does not exist."] }),
        ),
        post(with("tookPrescription", json!("maybe")))
            .answers(400, json!({ "tookPrescription": ["Must be a valid boolean."] })),
        post(with("tookPrescription", Value::Null))
            .answers(400, json!({ "tookPrescription": ["This field may not be null."] })),
        post(with("description", Value::Null))
            .answers(400, json!({ "description": ["This field may not be null."] })),
        post(with("description", json!("a\u{0}")))
            .answers(400, json!({ "description": ["Null characters are not allowed."] })),
        case("nothing was made").by(&sarah).get(STATS).answers(200, json!([])),
    ])
    .await;
});

on_both!(a_record_is_made_changed_and_deleted_by_its_owner, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let made = app.ask(case("make").by(&sarah).post(STATS, json!({
        "body_part": "25", "pain_type": "stabbing", "intensity": "3.0", "tookPrescription": "yes",
        "description": " fell on my scissors\n", "id": 99, "owner": kyle.id, "date_recorded": "2001-01-01T00:00:00Z",
    })))
    .await;
    assert_eq!(made.status, 201);
    let keys: Vec<_> = made.body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "id",
            "owner",
            "pain_type",
            "intensity",
            "description",
            "tookPrescription",
            "date_recorded",
            "last_modified",
            "body_part",
        ]
    );
    let owned = json!([
        made.body["owner"]["id"],
        made.body["description"],
        made.body["tookPrescription"],
        made.body["body_part"]
    ]);
    assert_eq!(owned, json!([sarah.id, "fell on my scissors", true, 25]));
    assert_eq!(made.body["date_recorded"], made.body["last_modified"]);

    app.clock.advance(TimeDelta::minutes(5));
    let id = made.body["id"].clone();
    let change = |who: &Person, body: Value| case(body.to_string()).by(who).patch(STATS, body);
    let delete = |who: &Person, body: Value| case(body.to_string()).by(who).delete(STATS, body);
    let (unknown, unknown_too) = (error("Stat not found"), error("stat not found"));
    app.check([
        change(&kyle, json!({ "stat_pk": id, "intensity": 9 })).answers(404, unknown.clone()),
        change(&sarah, json!({ "intensity": 9 })).answers(404, unknown.clone()),
        change(&sarah, json!({ "stat_pk": 999, "intensity": 99 })).answers(404, unknown.clone()),
        change(&sarah, json!({ "stat_pk": "undefined" })).answers(404, unknown.clone()),
        change(&sarah, json!({ "stat_pk": [1] })).answers(404, unknown.clone()),
        change(&sarah, json!({ "stat_pk": 1e30 })).answers(404, unknown),
        change(&sarah, json!({ "stat_pk": id, "intensity": 99, "pain_type": null })).answers(400, json!({
            "pain_type": ["This field may not be null."], "intensity": ["Intensity must be between 0 and 10"],
        })),
        delete(&kyle, json!({ "stat_pk": id })).answers(404, unknown_too.clone()),
        delete(&sarah, json!({})).answers(404, unknown_too.clone()),
        delete(&sarah, json!({ "stat_pk": "x" })).answers(404, unknown_too.clone()),
        case("no body").by(&sarah).to(reqwest::Method::DELETE, STATS).answers(404, unknown_too),
        case("untouched").by(&sarah).get(STATS).answers(200, json!([made.body])),
    ])
    .await;

    let changed = app.ask(change(&sarah, json!({ "stat_pk": id, "intensity": 7, "description": "" }))).await;
    assert_eq!(changed.status, 200);
    assert_eq!(
        json!([changed.body["intensity"], changed.body["description"], changed.body["pain_type"]]),
        json!([7, "", "stabbing"])
    );
    assert_eq!(changed.body["date_recorded"], made.body["date_recorded"]);
    assert!(changed.body["last_modified"].as_str() > made.body["last_modified"].as_str());
    app.check([
        delete(&sarah, json!({ "stat_pk": id })).answers(204, json!("")),
        delete(&sarah, json!({ "stat_pk": id })).answers(404, error("stat not found")),
        case("gone").by(&sarah).get(STATS).answers(200, json!([])),
    ])
    .await;
});

on_both!(a_doctor_reads_a_patients_records_through_an_accepted_link_only, async |app: App| {
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    let made = app.ask(case("make").by(&sarah).post(STATS, record())).await.body;
    let of_sarah = format!("{STATS}?patient_id={}", sarah.id);
    let refused = detail("Not authorized to view this patient.");
    let house_asks = |path: &str| case(path).by(&house).get(path);
    app.check([
        house_asks(&of_sarah).answers(403, refused.clone()),
        house_asks(&format!("{STATS}?patient_id=99999")).answers(403, refused.clone()),
        house_asks(&format!("{STATS}?patient_id=undefined")).answers(403, refused.clone()),
        house_asks(&format!("{STATS}?patient_id=")).answers(403, refused.clone()),
        house_asks(&format!("{STATS}?patient_id=99999999999999999999")).answers(403, refused.clone()),
        house_asks(STATS).answers(200, json!([])),
        case("a patient's question is about their own")
            .by(&sarah)
            .get(format!("{STATS}?patient_id={}", house.id))
            .answers(200, json!([made])),
    ])
    .await;
    for (status, expected) in [("pending", 403), ("rejected", 403), ("accepted", 200)] {
        let asked =
            case("again").by(&sarah).delete("/api/diary/link_doc/", json!({ "doc_username": "house" }));
        app.ask(asked).await;
        app.link(&sarah, &house, status).await;
        let body = if expected == 200 { json!([made]) } else { refused.clone() };
        app.check([
            house_asks(&of_sarah).answers(expected, body),
            case("another doctor").by(&other).get(&of_sarah).answers(403, refused.clone()),
        ])
        .await;
    }
    let reject = json!({ "patient_id": sarah.id, "action": "reject" });
    app.check([
        case("reject").by(&house).post("/api/diary/doc_respond/", reject).answers(200, Value::Null),
        house_asks(&of_sarah).answers(403, refused.clone()),
    ])
    .await;
});

on_both!(a_record_notifies_every_doctor_with_an_accepted_link, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut doctors = vec![];
    for (name, status) in
        [("first", "accepted"), ("second", "accepted"), ("third", "pending"), ("fourth", "rejected")]
    {
        let doctor = app.doctor(name).await;
        app.link(&sarah, &doctor, status).await;
        doctors.push((doctor, status));
    }
    app.ask(case("make").by(&sarah).post(STATS, record())).await;
    for (doctor, status) in &doctors {
        let notified = app.notifications(doctor).await.contains(&"Новая запись от SARAH Test".to_owned());
        assert_eq!(notified, *status == "accepted", "{status}");
    }
});

on_both!(a_long_diary_is_listed_whole_and_in_order, async |app: App| {
    let sarah = app.patient("sarah").await;
    let caller = app.application.identity.authenticate(&sarah.token).unwrap().caller;
    let draft = domain::diary::RecordDraft {
        pain_type: domain::diary::PainType::Burning,
        intensity: domain::diary::Intensity::parse(4).unwrap(),
        description: domain::shared::text::Prose::default(),
        took_prescription: false,
        body_part: domain::diary::BodyPartId::new(1),
    };
    // One page is 500: none, less than one, exactly one, more than two.
    let mut made = 0_usize;
    for size in [0, 3, 500, 1203] {
        while made < size {
            app.application.diary.create_record(&caller, draft.clone()).unwrap();
            made += 1;
        }
        let list = app.ask(case("list").by(&sarah).get(STATS)).await;
        let ids: Vec<_> = list.body.as_array().unwrap().iter().map(|r| r["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), size);
        assert!(ids.is_sorted());
    }
});

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
