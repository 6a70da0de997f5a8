//! `/api/diary/notifications/`.
use serde_json::{Value, json};
use testing::*;

const NOTIFICATIONS: &str = "/api/diary/notifications/";
const COUNT: &str = "/api/diary/notifications/unread-count/";

on_both!(notifications_are_their_owners_and_nobody_elses, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    let lines = app.ask(case("notifications").by(&house).get(NOTIFICATIONS)).await.body;
    let line = &lines[0];
    let keys: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "owner", "message", "is_read", "created_at"]);
    assert_eq!(
        json!([line["owner"]["id"], line["message"], line["is_read"]]),
        json!([house.id, "Новый запрос на прикрепление от SARAH Test", false])
    );

    let id = line["id"].clone();
    let (unknown, foreign) = (error("notification not found"), detail("Not authorized"));
    let patch = |who: &Person, body: Value| case(body.to_string()).by(who).patch(NOTIFICATIONS, body);
    let delete = |who: &Person, body: Value| case(body.to_string()).by(who).delete(NOTIFICATIONS, body);
    let count = |n: u64| case("count").by(&house).get(COUNT).answers(200, json!({ "unread_count": n }));
    app.check([
        patch(&sarah, json!({ "notification_id": id })).answers(403, foreign.clone()),
        delete(&sarah, json!({ "notification_id": id })).answers(403, foreign),
        patch(&house, json!({})).answers(404, unknown.clone()),
        patch(&house, json!({ "notification_id": 9999 })).answers(404, unknown.clone()),
        patch(&house, json!({ "notification_id": "undefined" })).answers(404, unknown.clone()),
        delete(&house, json!({ "notification_id": null })).answers(404, unknown.clone()),
        count(1),
        patch(&house, json!({ "notification_id": id })).answers(200, detail("marked as read")),
        count(0),
        patch(&house, json!({ "notification_id": id })).answers(200, detail("marked as read")),
        delete(&house, json!({ "notification_id": id })).answers(204, json!("")),
        delete(&house, json!({ "notification_id": id })).answers(404, unknown),
        case("empty").by(&house).get(NOTIFICATIONS).answers(200, json!([])),
        count(0),
    ])
    .await;
});

on_both!(newest_comes_first_and_parallel_marks_are_all_counted, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    for _ in 0..10 {
        let body = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
        app.ask(case("record").by(&sarah).post("/api/diary/stats/", body)).await;
    }
    let lines = app.ask(case("notifications").by(&house).get(NOTIFICATIONS)).await.body;
    let ids: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["id"].as_i64().unwrap()).collect();
    assert!(ids.len() == 11 && ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    app.check([case("count").by(&house).get(COUNT).answers(200, json!({ "unread_count": 11 }))]).await;
    // The web client marks every line at once when its list closes.
    let marks = ids
        .iter()
        .map(|id| app.ask(case("mark").by(&house).patch(NOTIFICATIONS, json!({ "notification_id": id }))));
    for said in futures_util::future::join_all(marks).await {
        assert_eq!(said.status, 200);
    }
    app.check([case("count").by(&house).get(COUNT).answers(200, json!({ "unread_count": 0 }))]).await;
});
