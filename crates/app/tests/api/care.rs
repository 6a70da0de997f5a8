//! `/api/diary/link_doc/`, `doc_respond/` and `list_links/`.
use chrono::TimeDelta;
use domain::identity::AccountFlag;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use testing::*;

const LINK: &str = "/api/diary/link_doc/";
const RESPOND: &str = "/api/diary/doc_respond/";
const LIST: &str = "/api/diary/list_links/";

on_both!(asking_a_doctor_refuses_what_the_contract_names, async |app: App| {
    let (sarah, house, _) =
        (app.patient("sarah").await, app.doctor("house").await, app.patient("kyle").await);
    let ask = |who: &Person, body: Value| case(body.to_string()).by(who).post(LINK, body);
    let unknown = error("Doctor not found");
    app.check([
        ask(&sarah, json!({})).answers(404, unknown.clone()),
        ask(&sarah, json!({ "doc_username": null })).answers(404, unknown.clone()),
        ask(&sarah, json!({ "doc_username": ["house"] })).answers(404, unknown.clone()),
        ask(&sarah, json!({ "doc_username": "HOUSE" })).answers(404, unknown.clone()),
        ask(&sarah, json!({ "doc_username": "x".repeat(10_000) })).answers(404, unknown.clone()),
        ask(&sarah, json!({ "doc_username": "a\u{0}" })).answers(404, unknown),
        ask(&sarah, json!({ "doc_username": "kyle" })).answers(400, error("user is not a doctor")),
        ask(&house, json!({ "doc_username": "house" }))
            .answers(400, error("You cannot send a request to yourself")),
        ask(&sarah, json!({ "doc_username": "house" })).answers(200, detail("Request sent")),
        ask(&sarah, json!({ "doc_username": "house" })).answers(400, error("Request already exists")),
    ])
    .await;
    assert_eq!(app.notifications(&house).await, ["Новый запрос на прикрепление от SARAH Test"]);
});

on_both!(an_answer_is_given_by_the_doctor_who_was_asked, async |app: App| {
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    app.link(&sarah, &house, "pending").await;
    let respond = |who: &Person, body: Value| case(body.to_string()).by(who).post(RESPOND, body);
    let (unknown, id) = (error("Request not found."), sarah.id);
    app.check([
        respond(&sarah, json!({ "patient_id": id, "action": "accept" })).answers(403, detail(WRONG_ROLE)),
        respond(&other, json!({ "patient_id": id, "action": "accept" })).answers(404, unknown.clone()),
        respond(&house, json!({ "action": "accept" })).answers(404, unknown.clone()),
        respond(&house, json!({ "patient_id": "undefined", "action": "accept" }))
            .answers(404, unknown.clone()),
        respond(&house, json!({ "patient_id": 9999, "action": "dance" })).answers(404, unknown),
        respond(&house, json!({ "patient_id": id, "action": "dance" }))
            .answers(400, error("Invalid action.")),
        respond(&house, json!({ "patient_id": id })).answers(400, error("Invalid action.")),
        respond(&house, json!({ "patient_id": id, "action": "accept" }))
            .answers(200, detail("Request accepted.")),
        respond(&house, json!({ "patient_id": id, "action": "accept" }))
            .answers(200, detail("Request accepted.")),
        respond(&house, json!({ "patient_id": id.to_string(), "action": "reject" }))
            .answers(200, detail("Request rejected.")),
        respond(&house, json!({ "patient_id": id, "action": "accept" }))
            .answers(200, detail("Request accepted.")),
    ])
    .await;
    let (accepted, rejected) = ("Доктор HOUSE Test принял заявку.", "Доктор HOUSE Test отклонил заявку.");
    assert_eq!(app.notifications(&sarah).await, [accepted, rejected, accepted]);
});

on_both!(a_link_ends_from_either_side_and_silently, async |app: App| {
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    let unknown = error("Request does not exists");
    for status in ["pending", "accepted", "rejected"] {
        app.link(&sarah, &house, status).await;
        app.check([
            case("nobody")
                .by(&sarah)
                .delete(LINK, json!({ "doc_username": "nobody" }))
                .answers(404, unknown.clone()),
            case("not asked")
                .by(&sarah)
                .delete(LINK, json!({ "doc_username": "other" }))
                .answers(404, unknown.clone()),
            case("the doctor is not the patient")
                .by(&house)
                .delete(LINK, json!({ "doc_username": "house" }))
                .answers(404, unknown.clone()),
            case("sarah").by(&sarah).delete(LINK, json!({ "doc_username": "house" })).answers(204, json!("")),
            case("again")
                .by(&sarah)
                .delete(LINK, json!({ "doc_username": "house" }))
                .answers(404, unknown.clone()),
            case("empty").by(&sarah).get(LIST).answers(200, json!([])),
        ])
        .await;
        app.link(&sarah, &house, status).await;
        let before = (app.notifications(&sarah).await, app.notifications(&house).await);
        app.check([
            case("a patient")
                .by(&sarah)
                .delete(RESPOND, json!({ "patient_id": sarah.id }))
                .answers(403, detail(WRONG_ROLE)),
            case("another doctor")
                .by(&other)
                .delete(RESPOND, json!({ "patient_id": sarah.id }))
                .answers(404, unknown.clone()),
            case("no id")
                .by(&house)
                .delete(RESPOND, json!({ "patient_id": "x" }))
                .answers(404, unknown.clone()),
            case("house")
                .by(&house)
                .delete(RESPOND, json!({ "patient_id": sarah.id }))
                .answers(204, json!("")),
            case("again")
                .by(&house)
                .delete(RESPOND, json!({ "patient_id": sarah.id }))
                .answers(404, unknown.clone()),
        ])
        .await;
        assert_eq!((app.notifications(&sarah).await, app.notifications(&house).await), before);
    }
});

on_both!(nobody_is_kept_with_a_doctor_who_was_deactivated, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    app.grant("house", domain::identity::AccountFlag::Active(false));
    app.check([
        case("leave").by(&sarah).delete(LINK, json!({ "doc_username": "house" })).answers(204, json!("")),
        case("gone").by(&sarah).get(LIST).answers(200, json!([])),
        case("nor asked again")
            .by(&sarah)
            .post(LINK, json!({ "doc_username": "house" }))
            .answers(404, error("Doctor not found")),
    ])
    .await;
});

on_both!(a_list_shows_every_link_of_both_sides_and_no_others, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let (house, other) = (app.doctor("house").await, app.doctor("other").await);
    app.link(&sarah, &house, "accepted").await;
    app.link(&kyle, &house, "pending").await;
    app.link(&house, &other, "rejected").await;
    let list = |who: &Person| case("list").by(who).get(LIST);
    let seen = async |who: &Person| {
        let links = app.ask(list(who)).await.body;
        let pair =
            |link: &Value| json!([link["patient"]["username"], link["doctor"]["username"], link["status"]]);
        json!(links.as_array().unwrap().iter().map(pair).collect::<Vec<_>>())
    };
    assert_eq!(seen(&sarah).await, json!([["sarah", "house", "accepted"]]));
    assert_eq!(seen(&kyle).await, json!([["kyle", "house", "pending"]]));
    assert_eq!(
        seen(&house).await,
        json!([["sarah", "house", "accepted"], ["kyle", "house", "pending"], ["house", "other", "rejected"]])
    );
    assert_eq!(seen(&other).await, json!([["house", "other", "rejected"]]));
    let link = &app.ask(list(&sarah)).await.body[0];
    let keys: Vec<_> = link.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "patient", "doctor", "status", "prescription", "diagnosis", "created_at"]);
    assert_eq!(json!([link["prescription"], link["diagnosis"]]), json!([null, null]));
});

on_both!(one_pair_asked_for_by_many_at_once_is_linked_once, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let asks =
        (0..10).map(|_| app.ask(case("race").by(&sarah).post(LINK, json!({ "doc_username": "house" }))));
    let said = join_all(asks).await;
    assert_eq!(said.iter().filter(|s| s.status == 200).count(), 1, "{said:?}");
    assert!(
        said.iter().filter(|s| s.status != 200).all(|s| s.body == error("Request already exists")),
        "{said:?}"
    );
    assert_eq!(app.notifications(&house).await.len(), 1);
});

on_both!(an_answer_and_a_withdrawal_at_once_leave_one_of_two_clean_ends, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    for _ in 0..15 {
        app.link(&sarah, &house, "pending").await;
        let before = app.notifications(&sarah).await.len();
        let accept = app.ask(
            case("accept").by(&house).post(RESPOND, json!({ "patient_id": sarah.id, "action": "accept" })),
        );
        let withdraw = app.ask(case("withdraw").by(&sarah).delete(LINK, json!({ "doc_username": "house" })));
        let (accept, withdraw) = join(accept, withdraw).await;
        assert_eq!(withdraw.status, 204);
        let notified = app.notifications(&sarah).await.len() - before;
        match accept.status {
            200 => assert_eq!(notified, 1),
            404 => assert_eq!((notified, accept.body), (0, error("Request not found."))),
            other => panic!("{other} {:?}", accept.body),
        }
        app.check([case("gone").by(&sarah).get(LIST).answers(200, json!([]))]).await;
    }
});

on_both!(a_rejected_link_disappears_a_day_after_the_rejection, async |app: App| {
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    app.link(&sarah, &other, "pending").await;
    // The day counts from the rejection, not from the request.
    app.link(&sarah, &house, "pending").await;
    app.clock.advance(TimeDelta::hours(20));
    let reject = json!({ "patient_id": sarah.id, "action": "reject" });
    app.ask(case("reject").by(&house).post(RESPOND, reject)).await;
    app.clock.advance(TimeDelta::hours(23));
    assert_eq!(app.application.care.remove_rejected().unwrap(), 0);
    app.clock.advance(TimeDelta::minutes(61));
    assert_eq!(app.application.care.remove_rejected().unwrap(), 1);
    let left = app.ask(case("list").by(&sarah).get(LIST)).await.body;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["status"]), (1, &json!("pending")));
    // And the doctor can be asked again.
    app.link(&sarah, &house, "accepted").await;
});

on_both!(a_doctor_whose_role_was_taken_has_no_side_of_a_link_any_more, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let private = json!({ "phone_number": "555", "sex": "M", "date_of_birth": "1959-06-11" });
    app.ask(case("private").by(&house).patch("/api/auth/profile/", private)).await;
    let link = app.link(&sarah, &house, "accepted").await;
    let path = |word: &str| format!("/api/diary/{word}/?link_id={link}");
    let entry = |word: &str, text: &str| json!({ "link": link, word: text });
    let mut ids = vec![];
    for word in ["prescription", "diagnosis"] {
        let made = app.ask(case(word).by(&house).post(path(word), entry(word, "rest"))).await;
        ids.push((word, made.body["id"].as_i64().unwrap()));
    }
    app.grant("house", AccountFlag::Doctor(false));

    let notified = app.notifications(&sarah).await;
    for (word, id) in &ids {
        let one = format!("/api/diary/{word}/?{word}_id={id}");
        let foreign = |act: &str| error(&format!("Not authorized to {act} this {word}."));
        let unknown = error("link not found");
        app.check([
            case("read").by(&house).get(path(word)).answers(404, unknown.clone()),
            case("write").by(&house).post(path(word), entry(word, "Morphine")).answers(404, unknown),
            case("edit").by(&house).patch(&one, json!({ *word: "Morphine" })).answers(403, foreign("edit")),
            case("delete").by(&house).delete(&one, Value::Null).answers(403, foreign("delete")),
        ])
        .await;
    }
    let answer = json!({ "patient_id": sarah.id, "action": "reject" });
    app.check([
        case("his list").by(&house).get(LIST).answers(200, json!([])),
        case("respond").by(&house).post(RESPOND, answer).answers(403, detail(WRONG_ROLE)),
        case("release")
            .by(&house)
            .delete(RESPOND, json!({ "patient_id": sarah.id }))
            .answers(403, detail(WRONG_ROLE)),
        case("records")
            .by(&house)
            .get(format!("/api/diary/stats/?patient_id={}", sarah.id))
            .answers(200, json!([])),
    ])
    .await;
    assert_eq!(app.notifications(&sarah).await, notified);

    // The patient has all that was written, and of the doctor a name.
    let mine = app.ask(case("her list").by(&sarah).get(LIST)).await.body;
    assert_eq!((&mine[0]["id"], &mine[0]["prescription"]["prescription"]), (&json!(link), &json!("rest")));
    let doctor = &mine[0]["doctor"];
    assert_eq!((&doctor["id"], &doctor["username"]), (&json!(house.id), &json!("house")));
    for private in ["email", "phone_number"] {
        assert_eq!(doctor[private], "", "{private}");
    }
    assert_eq!((&doctor["sex"], &doctor["date_of_birth"]), (&Value::Null, &Value::Null));
    assert_eq!(doctor["last_name"], "Test");
    let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
    let before = app.notifications(&house).await;
    app.ask(case("record").by(&sarah).post("/api/diary/stats/", record)).await;
    assert_eq!(app.notifications(&house).await, before, "no notice of a patient's record");
    let leave = json!({ "doc_username": "house" });
    app.check([case("leaving").by(&sarah).delete(LINK, leave).answers(204, Value::Null)]).await;
});

on_both!(a_role_that_is_given_back_gives_the_link_back, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let link = app.link(&sarah, &house, "accepted").await;
    app.grant("house", AccountFlag::Doctor(false));
    app.grant("house", AccountFlag::Doctor(true));
    let list = app.ask(case("list").by(&house).get(LIST)).await.body;
    assert_eq!((&list[0]["id"], &list[0]["patient"]["email"]), (&json!(link), &json!("sarah@example.com")));
});
