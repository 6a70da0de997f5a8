//! `/ws/notifications/`: each new notification as one frame, and how many are unread.
use super::*;

const BELL: &str = "/ws/notifications/";
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

on_both!(a_bell_rings_once_in_every_tab_of_its_owner_only, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut tabs = [open(&app, &house, BELL).await, open(&app, &house, BELL).await];
    let mut hers = open(&app, &sarah, BELL).await;
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
            "the next thing is the next ring: {frame}"
        );
        tab.answers_pings("rung once").await;
    }
    hers.answers_pings("nothing of her doctor's").await;
});

on_both!(a_bell_that_is_opened_tells_the_count_and_not_the_past, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    records(&app, &sarah, 2).await;
    let mut bell = open(&app, &house, BELL).await;
    assert_eq!(bell.hears().await, unread(3));
    records(&app, &sarah, 1).await;
    let frame = bell.hears().await;
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
    let mut bell = open(&app, &house, BELL).await;
    assert_eq!(bell.hears().await, unread(PATIENTS as u64));
    let storm = futures_util::future::join_all(patients.iter().map(|who| records(&app, who, RECORDS)));
    let hearing = async {
        let (mut rung, mut count) = (vec![], Value::Null);
        while rung.len() < PATIENTS * RECORDS || count != PATIENTS + PATIENTS * RECORDS {
            let frame = bell.hears().await;
            count = frame["unread_count"].clone();
            rung.extend(frame["id"].as_i64());
        }
        rung
    };
    let (_, mut rung) = futures_util::future::join(storm, hearing).await;
    let lines = app.ask(case("lines").by(&house).get(LINES)).await.body;
    let mut expected = ids(&lines.as_array().unwrap()[..PATIENTS * RECORDS]);
    rung.sort_unstable();
    expected.sort_unstable();
    assert_eq!(rung, expected);
    bell.answers_pings("each once").await;
});
