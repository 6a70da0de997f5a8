//! `/ws/notifications/`: each new notification as one frame, and how many are unread.
use super::*;
use domain::identity::AccountFlag;

const NOTIFICATIONS: &str = "/ws/notifications/";
const LINES: &str = "/api/diary/notifications/";

fn unread(count: u64) -> Value {
    json!({ "event": "unread_count", "unread_count": count })
}

async fn records(app: &App, who: &Person, count: usize) {
    let body = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
    for _ in 0..count {
        let said = app.ask(case("record").by(who).post("/api/diary/stats/", body.clone())).await;
        assert_eq!(said.status, 201, "{said:?}");
    }
}

on_both!(a_notification_comes_once_to_every_tab_of_its_owner_only, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut tabs = [open(&app, &house, NOTIFICATIONS).await, open(&app, &house, NOTIFICATIONS).await];
    let mut hers = open(&app, &sarah, NOTIFICATIONS).await;
    for tab in tabs.iter_mut().chain([&mut hers]) {
        assert_eq!(tab.hears().await, unread(0));
    }
    app.link(&sarah, &house, "accepted").await;
    let line = app.ask(case("lines").by(&house).get(LINES)).await.body[0].clone();
    for tab in &mut tabs {
        let frame = tab.hears().await;
        assert_eq!(keys(&frame), ["id", "message", "is_read", "created_at", "unread_count"]);
        for key in ["id", "message", "is_read", "created_at"] {
            assert_eq!(frame[key], line[key], "as in the list");
        }
        assert_eq!(frame["unread_count"], 1);
    }
    let answer = hers.hears().await;
    assert!(answer["message"].as_str().unwrap().starts_with("Доктор"), "only her own: {answer}");

    records(&app, &sarah, 1).await;
    for tab in &mut tabs {
        assert_eq!(tab.hears().await["unread_count"], 2);
        tab.text(r#"{"message":"x"}"#).await;
    }
    let of = |id: &Value| json!({ "notification_id": id });
    let id = line["id"].clone();
    app.check([case("mark").by(&house).patch(LINES, of(&id)).answers(200, Value::Null)]).await;
    for tab in &mut tabs {
        assert_eq!(tab.hears().await, unread(1));
    }
    let newest = app.ask(case("lines").by(&house).get(LINES)).await.body[0]["id"].clone();
    app.check([case("delete").by(&house).delete(LINES, of(&newest)).answers(204, Value::Null)]).await;
    for tab in &mut tabs {
        assert_eq!(tab.hears().await, unread(0));
    }
    // Marked again, deleted when read: no other number, no frame.
    app.check([case("again").by(&house).patch(LINES, of(&id)).answers(200, Value::Null)]).await;
    app.check([case("delete").by(&house).delete(LINES, of(&id)).answers(204, Value::Null)]).await;
    records(&app, &sarah, 1).await;
    for tab in &mut tabs {
        let frame = tab.hears().await;
        assert!(
            frame["id"].is_i64() && frame["unread_count"] == 1,
            "the next frame is the next notification: {frame}"
        );
        tab.answers_pings("notified once").await;
    }
    hers.answers_pings("nothing of her doctor's").await;
});

on_both!(a_former_doctors_open_socket_tells_nothing_of_patients, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    let mut socket = open(&app, &house, NOTIFICATIONS).await;
    assert_eq!(socket.hears().await, unread(1));
    app.grant("house", AccountFlag::Doctor(false));
    records(&app, &sarah, 2).await;
    socket.answers_pings("no patient's record").await;
    app.grant("house", AccountFlag::Doctor(true));
    records(&app, &sarah, 1).await;
    assert_eq!(socket.hears().await["unread_count"], 2);
});

on_both!(a_socket_that_opens_tells_the_count_and_not_the_past, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    records(&app, &sarah, 2).await;
    let mut notifications = open(&app, &house, NOTIFICATIONS).await;
    assert_eq!(notifications.hears().await, unread(3));
    records(&app, &sarah, 1).await;
    let frame = notifications.hears().await;
    assert!(frame["id"].is_i64(), "{frame}");
    assert_eq!(frame["unread_count"], 4);
});

on_both!(in_a_storm_every_ring_is_told_once_and_in_the_end_the_count_is_right, async |app: App| {
    const PATIENTS: usize = 6;
    const RECORDS: usize = 20;
    let house = app.doctor("house").await;
    let mut patients = vec![];
    for n in 0..PATIENTS {
        let patient = app.patient(&format!("patient{n}")).await;
        app.link(&patient, &house, "accepted").await;
        patients.push(patient);
    }
    let mut notifications = open(&app, &house, NOTIFICATIONS).await;
    assert_eq!(notifications.hears().await, unread(PATIENTS as u64));
    let storm = futures_util::future::join_all(patients.iter().map(|who| records(&app, who, RECORDS)));
    let hearing = async {
        let (mut pushed, mut count) = (vec![], Value::Null);
        while pushed.len() < PATIENTS * RECORDS || count != PATIENTS + PATIENTS * RECORDS {
            let frame = notifications.hears().await;
            count = frame["unread_count"].clone();
            pushed.extend(frame["id"].as_i64());
        }
        pushed
    };
    let (_, mut pushed) = futures_util::future::join(storm, hearing).await;
    let lines = app.ask(case("lines").by(&house).get(LINES)).await.body;
    let mut expected = ids(&lines.as_array().unwrap()[..PATIENTS * RECORDS]);
    pushed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(pushed, expected);
    notifications.answers_pings("each once").await;
});
