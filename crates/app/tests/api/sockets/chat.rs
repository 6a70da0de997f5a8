//! `/ws/chat/<another's id or name>/`: what two people say to each other.
use super::*;
use domain::identity::AccountFlag;

on_both!(what_is_said_reaches_every_tab_of_both_and_no_other, async |app: App| {
    let [sarah, house, kyle] =
        [app.patient("sarah").await, app.doctor("house").await, app.patient("kyle").await];
    app.grant("house", AccountFlag::Staff(true));
    let mut tabs = [
        beside(&app, &sarah, &house).await,
        beside(&app, &sarah, &house).await,
        beside(&app, &house, &sarah).await,
        beside(&app, &house, &sarah).await,
    ];
    let mut elsewhere = [
        (&kyle, &sarah, [beside(&app, &sarah, &kyle).await, beside(&app, &kyle, &sarah).await]),
        (&kyle, &house, [beside(&app, &house, &kyle).await, beside(&app, &kyle, &house).await]),
        (&house, &house, [beside(&app, &house, &house).await, beside(&app, &house, &house).await]),
    ];
    let mut staff = inbox(&app, &house).await;
    tabs[0].say("hello").await;
    tabs[3].say("who is there?").await;
    for tab in &mut tabs {
        let first = tab.hears().await;
        let second = tab.hears().await;
        let heard = json!([first["message"], first["sender"], second["message"], second["sender"]]);
        let one = json!(["hello", sarah.id, "who is there?", house.id]);
        let other = json!(["who is there?", house.id, "hello", sarah.id]);
        assert!(heard == one || heard == other, "{heard}");
    }
    for (from, to, sockets) in &mut elsewhere {
        said(&app, from, to, "for you");
        for socket in sockets {
            assert_eq!(socket.hears().await["message"], "for you", "{} to {}", from.username, to.username);
            socket.is_silent("said once").await;
        }
    }
    assert_eq!(staff.texts(1).await, ["for you"], "the inbox has support rooms only");
    staff.is_silent("nothing of a private chat").await;
});

on_both!(a_frame_has_the_keys_of_its_form_in_their_order, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut by_id = beside(&app, &sarah, &house).await;
    let mut by_name = open(&app, &sarah, "/ws/chat/house/").await;
    let mut other_by_name = open(&app, &house, "/ws/chat/sarah/").await;
    let mut other_by_id = beside(&app, &house, &sarah).await;
    by_id.text(r#"{"client_id":"c-1","more":[1],"message":"где болит? 🦷\n\"here\""}"#).await;
    let ours = ["message", "sender", "timestamp", "id", "client_id"];
    for (socket, sender, expected) in [
        (&mut by_id, json!(sarah.id), &ours[..]),
        (&mut by_name, json!("sarah"), &ours[..]),
        (&mut other_by_name, json!("sarah"), &ours[..4]),
        (&mut other_by_id, json!(sarah.id), &ours[..4]),
    ] {
        let line = socket.line().await;
        assert!(line.contains("где"), "not escaped: {line}");
        let frame: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(keys(&frame), expected);
        assert_eq!(
            json!([frame["message"], frame["sender"], frame["id"]]),
            json!(["где болит? 🦷\n\"here\"", sender, 1])
        );
        let at = frame["timestamp"].as_str().unwrap();
        let form = at.strip_suffix("+00:00").unwrap_or_else(|| panic!("{at}"));
        chrono::NaiveDateTime::parse_from_str(form, "%Y-%m-%dT%H:%M:%S%.6f").unwrap();
    }
    // The same instant as in the list, and the same frame in the history.
    let list =
        app.ask(case("list").by(&sarah).get(format!("/api/chat/conversations/{}/", house.id))).await.body;
    for (who, path, sender) in [
        (&sarah, format!("/ws/chat/{}/", house.id), json!(sarah.id)),
        (&sarah, "/ws/chat/house/".to_owned(), json!("sarah")),
        (&house, "/ws/chat/sarah/".to_owned(), json!("sarah")),
    ] {
        let frame = open(&app, who, &path).await.hears().await;
        let expected = if who.id == sarah.id { &ours[..] } else { &ours[..4] };
        assert_eq!(keys(&frame), expected, "{path}");
        assert_eq!(frame["sender"], sender);
        let rest = list[0]["timestamp"].as_str().unwrap().trim_end_matches('Z').to_owned();
        assert_eq!(frame["timestamp"], format!("{rest}+00:00"));
    }
});

on_both!(history_comes_oldest_first_or_after_a_number, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    beside(&app, &sarah, &house).await.is_silent("no history, no frame").await;
    for n in 1..=5 {
        let (from, to) = if n % 2 == 0 { (&house, &sarah) } else { (&sarah, &house) };
        said(&app, from, to, &n.to_string());
    }
    for (query, expected) in [
        ("", &["1", "2", "3", "4", "5"][..]),
        ("?after_id=0", &["1", "2", "3", "4", "5"]),
        ("?after_id=3", &["4", "5"]),
        ("?after_id=5", &[]),
    ] {
        for path in [format!("/ws/chat/{}/{query}", house.id), format!("/ws/chat/house{query}")] {
            let mut socket = open(&app, &sarah, &path).await;
            assert_eq!(socket.texts(expected.len()).await, expected, "{path}");
            socket.is_silent(&path).await;
        }
    }
    let mut ahead = open(&app, &sarah, &format!("/ws/chat/{}/?after_id=7", house.id)).await;
    ahead.is_silent("a number that is not there yet").await;
});

on_both!(whatever_is_no_message_is_ignored_and_the_socket_lives, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let (mut mine, mut theirs) = (beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await);
    for frame in [
        "",
        "hello",
        "{",
        r#"{"message":"x""#,
        "null",
        "[]",
        r#"["message"]"#,
        r#""message""#,
        "5",
        "{}",
        r#"{"text":"x"}"#,
        r#"{"message":null}"#,
        r#"{"message":5}"#,
        r#"{"message":true}"#,
        r#"{"message":["x"]}"#,
        r#"{"message":{"message":"x"}}"#,
    ] {
        mine.text(frame).await;
    }
    for text in ["", " spaced ", "last"] {
        mine.say(text).await;
    }
    assert_eq!(mine.texts(3).await, ["", " spaced ", "last"]);
    assert_eq!(theirs.texts(3).await, ["", " spaced ", "last"]);
    assert_eq!(stored(&app, &house, &sarah).await, ["", " spaced ", "last"]);
});

on_both!(a_message_that_cannot_be_stored_is_refused_by_its_name, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let (mut mine, mut theirs) = (beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await);
    let long = format!(r#"{{"message":"x","client_id":"{}"}}"#, "ы".repeat(65));
    for (frame, client_id) in [
        (r#"{"message":"a\u0000b","client_id":"c-1"}"#, Some("c-1")),
        (r#"{"message":"\u0000"}"#, None),
        (long.as_str(), None),
        (r#"{"message":"x","client_id":7}"#, None),
        (r#"{"message":"x","client_id":["c"]}"#, None),
    ] {
        mine.text(frame).await;
        let refused = mine.hears().await;
        let expected: &[&str] = if client_id.is_some() { &["error", "client_id"] } else { &["error"] };
        assert_eq!(keys(&refused), expected, "{frame}");
        assert!(refused["error"].as_str().is_some_and(|words| !words.is_empty()), "{refused}");
        assert_eq!(refused["client_id"].as_str(), client_id);
    }
    mine.text(r#"{"message":"x","client_id":""}"#).await;
    assert!(mine.hears().await["error"].is_string());
    let longest = "ы".repeat(64);
    mine.text(&json!({ "message": "x", "client_id": longest }).to_string()).await;
    assert_eq!(mine.hears().await["client_id"], longest);
    mine.text(r#"{"message":"y","client_id":null}"#).await;
    assert_eq!(keys(&mine.hears().await), ["message", "sender", "timestamp", "id"]);
    assert_eq!(theirs.texts(2).await, ["x", "y"], "nothing else was passed on");
});

on_both!(a_message_that_is_sent_again_is_the_same_message, async |app: App| {
    let [sarah, house, kyle] =
        [app.patient("sarah").await, app.doctor("house").await, app.patient("kyle").await];
    let (mut mine, mut theirs) = (beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await);
    let mut tab = beside(&app, &sarah, &house).await;
    let frame = r#"{"message":"once","client_id":"c-1"}"#;
    mine.text(frame).await;
    let first = mine.hears().await;
    assert_eq!(json!([first["id"], first["client_id"]]), json!([1, "c-1"]));
    mine.text(frame).await;
    assert_eq!(mine.hears().await, first, "the answer to a second try is the first message");
    // From another tab, as after a reconnect, and with another text.
    assert_eq!(tab.hears().await, first);
    tab.text(r#"{"message":"otherwise","client_id":"c-1"}"#).await;
    assert_eq!(tab.hears().await, first);

    theirs.text(r#"{"message":"theirs","client_id":"c-1"}"#).await;
    assert_eq!(theirs.texts(2).await, ["once", "theirs"], "a name is its sender's own");
    let mut with_kyle = beside(&app, &sarah, &kyle).await;
    with_kyle.text(r#"{"message":"x","client_id":"c-1"}"#).await;
    let refused = with_kyle.hears().await;
    assert_eq!(
        json!([keys(&refused), refused["client_id"]]),
        json!([["error", "client_id"], "c-1"]),
        "{refused}"
    );
    assert_eq!(stored(&app, &sarah, &house).await, ["once", "theirs"]);
    assert!(stored(&app, &sarah, &kyle).await.is_empty());
});

on_both!(a_deleted_conversation_begins_anew_and_its_numbers_go_on, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let (mut mine, mut theirs) = (beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await);
    mine.text(r#"{"message":"one","client_id":"c-1"}"#).await;
    theirs.texts(1).await;
    theirs.say("two").await;
    assert_eq!(mine.texts(2).await, ["one", "two"]);
    let path = format!("/api/chat/conversations/delete/{}/", sarah.id);
    app.check([case("delete").by(&house).delete(path, Value::Null).answers(204, json!(""))]).await;
    beside(&app, &sarah, &house).await.is_silent("no history").await;
    mine.say("three").await;
    let three = mine.hears().await;
    assert_eq!(json!([three["id"], three["message"]]), json!([3, "three"]));
    assert_eq!(theirs.texts(2).await, ["two", "three"]);
    for query in ["", "?after_id=1", "?after_id=2"] {
        let mut late = open(&app, &house, &format!("/ws/chat/{}/{query}", sarah.id)).await;
        let frame = late.hears().await;
        assert_eq!(json!([frame["id"], frame["message"]]), json!([3, "three"]), "{query}");
        late.is_silent(query).await;
    }
    assert_eq!(stored(&app, &sarah, &house).await, ["three"]);
});

on_both!(any_legal_name_is_a_path, async |app: App| {
    let sarah = app.patient("sarah").await;
    let odd = named(&app, "Ёж.2+x@y-z_").await;
    for (n, path) in [
        "/ws/chat/%D0%81%D0%B6.2%2Bx%40y-z_/",
        "/ws/chat/%D0%81%D0%B6.2+x@y-z_/",
        "/ws/chat/%D0%81%D0%B6.2%2Bx%40y-z_",
    ]
    .into_iter()
    .enumerate()
    {
        let mut socket = open(&app, &sarah, &format!("{path}?after_id={n}")).await;
        said(&app, &odd, &sarah, path);
        let frame = socket.hears().await;
        assert_eq!(json!([frame["sender"], frame["message"]]), json!([odd.username, path]));
    }
    // Not the notifications, which have a path of their own.
    let reserved = app.patient("notifications").await;
    said(&app, &reserved, &sarah, "no notification");
    let mut socket = open(&app, &sarah, "/ws/chat/notifications/").await;
    assert_eq!(socket.hears().await["sender"], "notifications");
});
