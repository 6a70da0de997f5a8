//! `/api/diary/prescription/` and `/api/diary/diagnosis/`: one table for both.
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use testing::*;

fn body(word: &str, link: i64, text: &str) -> Value {
    json!({ "link": link, word: text, "details": "some details" })
}

async fn story(app: &App, word: &str) {
    let path = format!("/api/diary/{word}/");
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    let kyle = app.patient("kyle").await;
    let link = app.link(&sarah, &house, "accepted").await;
    let foreign = app.link(&kyle, &other, "accepted").await;
    let at = |link: i64| format!("{path}?link_id={link}");
    let (unknown, not_accepted) = (error("link not found"), error("link not accepted"));
    let read = |who: &Person, path: String| case(path.clone()).by(who).get(path);
    let write =
        |who: &Person, path: String, body: Value| case(format!("{path} {body}")).by(who).post(path, body);

    app.check([
        read(&other, at(link)).answers(404, unknown.clone()),
        read(&house, path.clone()).answers(404, unknown.clone()),
        read(&house, format!("{path}?link_id=undefined")).answers(404, unknown.clone()),
        read(&house, at(99_999)).answers(404, unknown.clone()),
        read(&house, at(link)).answers(200, json!([])),
        read(&sarah, at(link)).answers(200, json!([])),
        write(&sarah, at(link), body(word, link, "x")).answers(404, unknown.clone()),
        write(&other, at(link), body(word, link, "x")).answers(404, unknown.clone()),
        write(&house, at(foreign), body(word, foreign, "x")).answers(404, unknown.clone()),
        write(&house, path.clone(), body(word, link, "x")).answers(404, unknown.clone()),
        write(&house, at(link), json!({}))
            .answers(400, json!({ word: ["This field is required."], "link": ["This field is required."] })),
        write(&house, at(link), json!({ word: "", "details": null, "link": "abc" })).answers(
            400,
            json!({
                word: ["This field may not be blank."], "details": ["This field may not be null."],
                "link": ["Incorrect type. Expected pk value, received str."],
            }),
        ),
        write(&house, at(link), body(word, 99_999, "x"))
            .answers(400, json!({ "link": ["Invalid pk \"99999\" - object does not exist."] })),
        write(&house, at(link), body(word, foreign, "x"))
            .answers(400, json!({ "link": [format!("Invalid pk \"{foreign}\" - object does not exist.")] })),
        write(&house, at(link), body(word, link, &"x".repeat(201)))
            .answers(400, json!({ word: ["Ensure this field has no more than 200 characters."] })),
        read(&house, at(link)).answers(200, json!([])),
    ])
    .await;

    let made = app.ask(write(&house, at(link), body(word, link, "rest"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_i64().unwrap();
    assert_eq!(
        made.body.to_string(),
        json!({ "id": id, word: "rest", "details": "some details", "link": link }).to_string()
    );
    let taken = json!({ "link": [format!("{word} with this link already exists.")] });
    let one = |id: &str| format!("{path}?{word}_id={id}");
    let id_text = id.to_string();
    let edit =
        |who: &Person, id: &str, body: Value| case(format!("{id} {body}")).by(who).patch(one(id), body);
    let delete = |who: &Person, id: &str| case(id).by(who).to(reqwest::Method::DELETE, one(id));
    let gone = error(&format!("{word} not found"));
    app.check([
        read(&sarah, at(link)).answers(200, json!([made.body])),
        write(&house, at(link), body(word, link, "again")).answers(400, taken),
        edit(&house, "undefined", json!({ word: "x" })).answers(404, gone.clone()),
        edit(&house, "", json!({ word: "x" })).answers(404, gone.clone()),
        edit(&house, "99999", json!({ word: "x" })).answers(404, gone.clone()),
        edit(&sarah, &id_text, json!({ word: "x" }))
            .answers(403, error(&format!("Not authorized to edit this {word}."))),
        edit(&other, &id_text, json!({ word: "x" }))
            .answers(403, error(&format!("Not authorized to edit this {word}."))),
        edit(&house, &id_text, json!({ word: " " }))
            .answers(400, json!({ word: ["This field may not be blank."] })),
        delete(&sarah, &id_text).answers(403, error(&format!("Not authorized to delete this {word}."))),
        delete(&other, &id_text).answers(403, error(&format!("Not authorized to delete this {word}."))),
        delete(&house, "undefined").answers(404, gone.clone()),
        // Nothing moves an entry into another doctor's link.
        edit(&house, &id_text, json!({ "link": foreign, word: "rest more" }))
            .answers(200, json!({ "id": id, word: "rest more", "details": "some details", "link": link })),
        read(&other, at(foreign)).answers(200, json!([])),
    ])
    .await;

    let links = app.ask(case("list").by(&sarah).get("/api/diary/list_links/")).await.body;
    assert_eq!(links[0][word][word], "rest more");

    let reject = json!({ "patient_id": sarah.id, "action": "reject" });
    app.ask(case("reject").by(&house).post("/api/diary/doc_respond/", reject)).await;
    app.check([
        read(&house, at(link)).answers(403, not_accepted.clone()),
        read(&sarah, at(link)).answers(403, not_accepted.clone()),
        write(&house, at(link), body(word, link, "x")).answers(403, not_accepted.clone()),
        edit(&house, &id_text, json!({ word: "x" })).answers(403, not_accepted.clone()),
        delete(&house, &id_text).answers(403, not_accepted.clone()),
    ])
    .await;
    let accept = json!({ "patient_id": sarah.id, "action": "accept" });
    app.ask(case("accept").by(&house).post("/api/diary/doc_respond/", accept)).await;
    app.check([
        read(&sarah, at(link))
            .answers(200, json!([{ "id": id, word: "rest more", "details": "some details", "link": link }])),
        delete(&house, &id_text).answers(204, json!("")),
        delete(&house, &id_text).answers(404, gone),
        read(&sarah, at(link)).answers(200, json!([])),
    ])
    .await;
}

on_both!(a_prescription_is_written_by_the_links_doctor_only, async |app: App| {
    story(&app, "prescription").await;
});

on_both!(a_diagnosis_is_written_by_the_links_doctor_only, async |app: App| {
    story(&app, "diagnosis").await;
});

on_both!(the_patient_is_notified_in_the_contracts_words, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let link = app.link(&sarah, &house, "accepted").await;
    let mut ids = vec![];
    for word in ["prescription", "diagnosis"] {
        let path = format!("/api/diary/{word}/?link_id={link}");
        ids.push(
            app.ask(case(word).by(&house).post(path, body(word, link, "rest"))).await.body["id"].clone(),
        );
    }
    for (word, id) in ["prescription", "diagnosis"].iter().zip(&ids) {
        let path = format!("/api/diary/{word}/?{word}_id={id}");
        // The second edit changes nothing: no notification.
        for text in ["rest more", "rest more"] {
            app.ask(case(*word).by(&house).patch(&path, json!({ *word: text }))).await;
        }
    }
    assert_eq!(
        app.notifications(&sarah).await,
        [
            "Доктор HOUSE Test изменил ваш диагноз.",
            "Доктор изменил ваши рекомендации по лечению.",
            "Доктор HOUSE Test поставил новый диагноз.",
            "Доступны новые рекомендации по лечению.",
            "Доктор HOUSE Test принял заявку.",
        ]
    );
});

on_both!(one_entry_written_by_many_at_once_is_written_once, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let link = app.link(&sarah, &house, "accepted").await;
    let path = format!("/api/diary/prescription/?link_id={link}");
    let writes = (0..10).map(|n| {
        app.ask(case("race").by(&house).post(&path, body("prescription", link, &format!("rest {n}"))))
    });
    let said = join_all(writes).await;
    assert_eq!(said.iter().filter(|s| s.status == 201).count(), 1, "{said:?}");
    let taken = json!({ "link": ["prescription with this link already exists."] });
    assert!(said.iter().filter(|s| s.status != 201).all(|s| s.status == 400 && s.body == taken), "{said:?}");
    assert_eq!(app.notifications(&sarah).await.len(), 2);
});

on_both!(a_prescription_and_a_rejection_at_once_never_leave_one_without_the_other, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    for _ in 0..10 {
        let link = app.link(&sarah, &house, "accepted").await;
        let path = format!("/api/diary/prescription/?link_id={link}");
        let write = app.ask(case("write").by(&house).post(&path, body("prescription", link, "rest")));
        let reject = app.ask(
            case("reject")
                .by(&house)
                .post("/api/diary/doc_respond/", json!({ "patient_id": sarah.id, "action": "reject" })),
        );
        let (write, reject) = join(write, reject).await;
        assert_eq!(reject.status, 200);
        assert!(write.status == 201 || write.body == error("link not accepted"), "{write:?}");
        let row =
            &app.ask(case("list").by(&sarah).get("/api/diary/list_links/")).await.body[0]["prescription"];
        assert_eq!(row.is_null(), write.status != 201);
        app.ask(case("end").by(&sarah).delete("/api/diary/link_doc/", json!({ "doc_username": "house" })))
            .await;
    }
});
