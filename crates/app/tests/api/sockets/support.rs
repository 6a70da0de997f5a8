//! `/ws/chat/<own id>/` and `/ws/chat/admin/`: people and the staff.
use super::*;
use domain::identity::AccountFlag;

async fn staff(app: &App, name: &str) -> Person {
    let person = app.patient(name).await;
    app.grant(name, AccountFlag::Staff(true));
    person
}

fn presence(event: &str, who: &Person) -> Value {
    json!({ "event": event, "identifier": who.id.to_string(), "user_id": who.id.to_string() })
}

/// The contract's part of a frame, and that nothing else is in it but what is known.
fn said_in_room(frame: &Value) -> Value {
    let known = ["event", "message", "identifier", "user_id", "from_admin"];
    let more = ["id", "desk_id", "timestamp", "client_id"];
    for key in keys(frame) {
        assert!(known.contains(&key) || more.contains(&key), "{frame}");
    }
    assert!(frame["id"].is_i64() && frame["timestamp"].as_str().unwrap().ends_with("+00:00"), "{frame}");
    known.iter().map(|key| ((*key).to_owned(), frame[*key].clone())).collect::<serde_json::Map<_, _>>().into()
}

fn chat_message(text: &str, room: &Person, from_admin: bool) -> Value {
    let id = room.id.to_string();
    json!({ "event": "chat_message", "message": text, "identifier": id, "user_id": id, "from_admin": from_admin })
}

/// An answer of the staff, as the inbox tells it.
fn admin_message(text: &str, room: &Person) -> Value {
    let mut frame = chat_message(text, room, true);
    frame["event"] = "admin_message".into();
    frame
}

/// In somebody's support room, by itself.
async fn in_room(app: &App, who: &Person, owner: &Person) -> Socket {
    open(app, who, &format!("/ws/chat/{}/?support=1", owner.id)).await
}

on_both!(people_and_the_staff_hear_each_other_as_the_contract_says, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let (ann, bob) = (staff(&app, "ann").await, staff(&app, "bob").await);
    let mut inboxes =
        [inbox(&app, &ann).await, inbox(&app, &bob).await, open(&app, &bob, "/ws/admin/").await];
    let mut other_room = beside(&app, &kyle, &kyle).await;
    let mut room = beside(&app, &sarah, &sarah).await;
    let mut tab = beside(&app, &sarah, &sarah).await;
    for inbox in &mut inboxes {
        for who in [&kyle, &sarah, &sarah] {
            assert_eq!(inbox.hears().await, presence("user_connected", who));
        }
    }
    room.text(r#"{"message":"help","client_id":"c-1"}"#).await;
    for inbox in &mut inboxes {
        let frame = inbox.hears().await;
        assert_eq!(said_in_room(&frame), chat_message("help", &sarah, false));
        assert_eq!(json!([frame["id"], frame["desk_id"], frame["client_id"]]), json!([1, 1, null]));
    }
    for socket in [&mut room, &mut tab] {
        let frame = socket.hears().await;
        assert_eq!(said_in_room(&frame), chat_message("help", &sarah, false));
        assert_eq!(json!([frame["client_id"], frame["desk_id"]]), json!(["c-1", null]));
    }
    // For whom, as text and as a number.
    let as_text = json!({ "message": "what is it?", "user_id": sarah.id.to_string(), "client_id": "a-1" });
    inboxes[0].text(&as_text.to_string()).await;
    inboxes[1].text(&json!({ "message": "tell us", "user_id": sarah.id }).to_string()).await;
    for (n, inbox) in inboxes.iter_mut().enumerate() {
        let frames = [inbox.hears().await, inbox.hears().await];
        let mut texts: Vec<_> = frames.iter().map(|f| f["message"].as_str().unwrap()).collect();
        texts.sort_unstable();
        assert_eq!(texts, ["tell us", "what is it?"]);
        for frame in &frames {
            let text = frame["message"].as_str().unwrap();
            assert_eq!(said_in_room(frame), admin_message(text, &sarah));
            assert!(frame["desk_id"].is_i64(), "{frame}");
            // The name of a message is for its sender.
            let named = n == 0 && text == "what is it?";
            assert_eq!(frame["client_id"] == "a-1", named, "{frame}");
        }
    }
    for socket in [&mut room, &mut tab] {
        for _ in 0..2 {
            let frame = socket.hears().await;
            let text = frame["message"].as_str().unwrap();
            assert_eq!(said_in_room(&frame), chat_message(text, &sarah, true));
            assert_eq!(frame.get("client_id"), None, "{frame}");
        }
    }
    tab.send(Message::Close(None)).await;
    tab.end().await;
    for inbox in &mut inboxes {
        assert_eq!(inbox.hears().await, presence("user_disconnected", &sarah));
    }
    drop(room);
    for inbox in &mut inboxes {
        assert_eq!(inbox.hears().await, presence("user_disconnected", &sarah), "gone without a word");
        inbox.is_silent("that was all").await;
    }
    other_room.is_silent("nothing of another's room").await;
});

on_both!(what_is_no_answer_to_anybody_is_ignored, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    let (mut room, mut inbox) = (beside(&app, &sarah, &sarah).await, inbox(&app, &ann).await);
    for frame in ["", "{", "null", "[]", "{}", r#"{"message":""}"#, r#"{"message":null}"#, r#"{"message":7}"#]
    {
        room.text(frame).await;
    }
    let id = sarah.id;
    for frame in [
        "hello".to_owned(),
        r#"{"message":"nobody"}"#.to_owned(),
        format!(r#"{{"user_id":"{id}"}}"#),
        format!(r#"{{"message":"","user_id":"{id}"}}"#),
        format!(r#"{{"message":7,"user_id":"{id}"}}"#),
        r#"{"message":"x","user_id":""}"#.to_owned(),
        r#"{"message":"x","user_id":null}"#.to_owned(),
        format!(r#"{{"message":"x","user_id":[{id}]}}"#),
        r#"{"message":"x","user_id":"sarah"}"#.to_owned(),
    ] {
        inbox.text(&frame).await;
    }
    inbox.text(r#"{"message":"x","user_id":"99999","client_id":"a-1"}"#).await;
    let refused = loop {
        let frame = inbox.hears().await;
        if frame["event"] != "user_connected" {
            break frame;
        }
    };
    assert_eq!(
        json!([keys(&refused), refused["client_id"]]),
        json!([["error", "client_id"], "a-1"]),
        "{refused}"
    );
    room.say_as("c-1", "the first").await;
    assert_eq!(room.hears().await["id"], 1);
    assert_eq!(inbox.hears().await["message"], "the first");
});

on_both!(the_inbox_begins_with_the_rooms_that_wait, async |app: App| {
    let [sarah, kyle, mary] =
        [app.patient("sarah").await, app.patient("kyle").await, app.patient("mary").await];
    let ann = staff(&app, "ann").await;
    let mut at_inbox = inbox(&app, &ann).await;
    at_inbox.is_silent("nobody waits").await;
    for (who, text) in [(&kyle, "k1"), (&sarah, "s1"), (&kyle, "k2"), (&mary, "m1")] {
        said(&app, who, who, text);
    }
    assert_eq!(at_inbox.texts(4).await, ["k1", "s1", "k2", "m1"], "as it is said");
    at_inbox.text(&json!({ "message": "answer", "user_id": kyle.id }).to_string()).await;
    assert_eq!(at_inbox.texts(1).await, ["answer"]);
    said(&app, &sarah, &sarah, "s2");
    let mut late = inbox(&app, &ann).await;
    assert_eq!(late.texts(3).await, ["s1", "s2", "m1"], "room by room, without what was answered");
    said(&app, &kyle, &kyle, "k3");
    assert_eq!(late.texts(1).await, ["k3"]);
    late.is_silent("that was all").await;
    assert_eq!(inbox(&app, &ann).await.texts(4).await, ["s1", "s2", "k3", "m1"]);

    // From a number on: everything, answers too.
    for (after, expected) in [
        (0, &["k1", "s1", "k2", "m1", "answer", "s2", "k3"][..]),
        (3, &["m1", "answer", "s2", "k3"]),
        (7, &[]),
    ] {
        let mut socket = open(&app, &ann, &format!("/ws/chat/admin/?after_id={after}")).await;
        for (n, text) in (after + 1..).zip(expected) {
            let frame = socket.hears().await;
            assert_eq!(json!([frame["message"], frame["desk_id"]]), json!([text, n]), "after {after}");
        }
        socket.is_silent("that was all").await;
    }
});

on_both!(an_answer_waits_for_a_user_who_is_away, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    let mut room = beside(&app, &sarah, &sarah).await;
    room.say_as("c-1", "help").await;
    assert_eq!(room.hears().await["id"], 1);
    drop(room);
    let mut at_inbox = inbox(&app, &ann).await;
    // That she left may be noticed before or after the inbox is open.
    at_inbox.reads_until("help").await;
    at_inbox.text(&json!({ "message": "here", "user_id": sarah.id.to_string() }).to_string()).await;
    at_inbox.text(&json!({ "message": "still?", "user_id": ann.id.to_string() }).to_string()).await;
    at_inbox.reads_until("still?").await;
    let mut back = beside(&app, &sarah, &sarah).await;
    let frames = [back.hears().await, back.hears().await];
    assert_eq!(said_in_room(&frames[0]), chat_message("help", &sarah, false));
    assert_eq!(said_in_room(&frames[1]), chat_message("here", &sarah, true));
    let missed = format!("/ws/chat/{}/?after_id=1", sarah.id);
    assert_eq!(open(&app, &sarah, &missed).await.texts(1).await, ["here"]);
});

on_both!(a_member_of_the_staff_talks_to_a_user_in_private_by_the_users_id, async |app: App| {
    let (sarah, ann, bob) = (app.patient("sarah").await, staff(&app, "ann").await, staff(&app, "bob").await);
    said(&app, &sarah, &sarah, "help");
    let mut private = beside(&app, &ann, &sarah).await;
    private.is_silent("her support room is not told here").await;
    let mut at_inbox = inbox(&app, &bob).await;
    assert_eq!(at_inbox.texts(1).await, ["help"]);
    let mut room = beside(&app, &sarah, &sarah).await;
    assert_eq!(room.texts(1).await, ["help"]);
    assert_eq!(at_inbox.hears().await, presence("user_connected", &sarah));
    private.say("between us").await;
    assert_eq!(private.hears().await["sender"], ann.id);
    assert_eq!(beside(&app, &sarah, &ann).await.texts(1).await, ["between us"]);
    said(&app, &sarah, &sarah, "again");
    assert_eq!(at_inbox.texts(1).await, ["again"]);
    assert_eq!(room.texts(1).await, ["again"]);
    private.is_silent("nor is what is said there").await;
});

on_both!(own_words_come_back_to_the_socket_that_sent_them_only_under_a_name, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    // A member of the staff in her room is answered by the same rule.
    for (who, mut sender, mut other, from_admin) in [
        (&sarah, beside(&app, &sarah, &sarah).await, beside(&app, &sarah, &sarah).await, false),
        (&ann, in_room(&app, &ann, &sarah).await, in_room(&app, &ann, &sarah).await, true),
    ] {
        let name = &who.username;
        let begin = format!("before {name}");
        let before = said(&app, &sarah, &sarah, &begin).seq.get();
        for socket in [&mut sender, &mut other] {
            socket.reads_until(&begin).await;
        }
        sender.say("unnamed").await;
        other.reads_until("unnamed").await;
        sender.is_silent(name).await;
        sender.say_as(name, "named").await;
        let echo = sender.hears().await;
        assert_eq!(said_in_room(&echo), chat_message("named", &sarah, from_admin));
        assert_eq!(json!([echo["id"], echo["client_id"]]), json!([before + 2, name]));
        assert_eq!(other.hears().await, echo, "{name}: the other socket hears both");
        // What is not told counts: nothing is read twice, and nothing is left out.
        for n in 0..5 {
            sender.say(&format!("unnamed {n}")).await;
            other.say(&format!("other {n}")).await;
        }
        let theirs = ["other 0", "other 1", "other 2", "other 3", "other 4"];
        assert_eq!(sender.texts(5).await, theirs);
        assert_eq!(other.texts(5).await, theirs.map(|text| text.replace("other", "unnamed")));
        for socket in [&mut sender, &mut other] {
            socket.is_silent("that was all").await;
        }
        let mut back = open(&app, &sarah, &format!("/ws/chat/{}/?after_id={before}", sarah.id)).await;
        let mut history = vec![];
        for _ in 0..12 {
            history.push(back.hears().await);
        }
        assert_eq!(ids(&history), (before + 1..=before + 12).collect::<Vec<_>>(), "a history has all of it");
        assert!(history.iter().all(|frame| frame["from_admin"] == from_admin), "{history:?}");
    }
});

on_both!(in_a_users_room_the_staff_read_and_answer_that_user_only, async |app: App| {
    let [sarah, kyle] = [app.patient("sarah").await, app.patient("kyle").await];
    let (ann, bob) = (staff(&app, "ann").await, staff(&app, "bob").await);
    said(&app, &sarah, &sarah, "help");
    said(&app, &kyle, &kyle, "elsewhere");
    let mut at_inbox = open(&app, &bob, "/ws/admin/?after_id=2").await;
    let mut room = in_room(&app, &ann, &sarah).await;
    let mut hers = open(&app, &sarah, &format!("/ws/chat/{}/?after_id=1", sarah.id)).await;
    assert_eq!(at_inbox.hears().await, presence("user_connected", &sarah), "nobody is told of the staff");
    let history = room.hears().await;
    assert_eq!(said_in_room(&history), chat_message("help", &sarah, false));
    assert_eq!(json!([history["id"], history["desk_id"]]), json!([1, null]));

    for frame in ["", "{", r#"{"message":""}"#, r#"{"message":null}"#] {
        room.text(frame).await;
    }
    // Whose room it is says for whom an answer is.
    let answer = json!({ "message": "what is it?", "user_id": kyle.id, "client_id": "a-1" });
    room.text(&answer.to_string()).await;
    let (echo, told, listed) = (room.hears().await, hers.hears().await, at_inbox.hears().await);
    for frame in [&echo, &told] {
        assert_eq!(said_in_room(frame), chat_message("what is it?", &sarah, true));
    }
    assert_eq!(said_in_room(&listed), admin_message("what is it?", &sarah));
    let names = [&echo, &told, &listed].map(|frame| frame["client_id"].clone());
    assert_eq!(json!(names), json!(["a-1", null, null]));
    // The same name in the inbox is the same message.
    let mut desk = open(&app, &ann, "/ws/admin/?after_id=3").await;
    desk.text(&json!({ "message": "again", "user_id": sarah.id, "client_id": "a-1" }).to_string()).await;
    assert_eq!(said_in_room(&desk.hears().await), admin_message("what is it?", &sarah));

    hers.say("my head").await;
    let heard = room.hears().await;
    assert_eq!(said_in_room(&heard), chat_message("my head", &sarah, false));
    at_inbox.text(&json!({ "message": "since when?", "user_id": sarah.id }).to_string()).await;
    assert_eq!(said_in_room(&room.hears().await), chat_message("since when?", &sarah, true));
    said(&app, &kyle, &kyle, "elsewhere again");
    said(&app, &ann, &sarah, "in private");
    room.is_silent("nothing of another room, nor of a private talk").await;
    assert_eq!(inbox(&app, &bob).await.texts(2).await, ["elsewhere", "elsewhere again"], "she was answered");
});

on_both!(what_somebody_said_who_was_deactivated_stays_readable_for_the_staff, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    said(&app, &sarah, &sarah, "help");
    app.grant("sarah", AccountFlag::Active(false));
    assert_eq!(in_room(&app, &ann, &sarah).await.texts(1).await, ["help"]);
});

on_both!(more_may_wait_than_is_read_at_once_while_more_is_said_and_answered, async |app: App| {
    const EACH: usize = 70;
    let ann = staff(&app, "ann").await;
    let mut people = vec![];
    for n in 0..5 {
        people.push(app.patient(&format!("patient{n}")).await);
    }
    for n in 0..EACH {
        for who in &people {
            said(&app, who, who, &format!("{}:{n}", who.username));
        }
    }
    let mut at_inbox = inbox(&app, &ann).await;
    for n in EACH..EACH + 10 {
        for who in &people {
            said(&app, who, who, &format!("{}:{n}", who.username));
        }
    }
    let mut frames = vec![];
    while frames.len() < people.len() * (EACH + 10) {
        frames.push(at_inbox.hears().await);
    }
    at_inbox.is_silent("each message once").await;
    for who in &people {
        let id = json!(who.id.to_string());
        let own = frames.iter().filter(|frame| frame["user_id"] == id).cloned();
        let expected: Vec<_> = (1..=i64::try_from(EACH + 10).unwrap()).collect();
        assert_eq!(ids(&own.collect::<Vec<_>>()), expected, "{}", who.username);
    }
});

on_both!(the_staff_hear_of_every_way_in_which_somebody_leaves, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    let mut at_inbox = inbox(&app, &ann).await;
    let rooms = [beside(&app, &sarah, &sarah).await, beside(&app, &sarah, &sarah).await];
    let mut bad = beside(&app, &sarah, &sarah).await;
    for _ in 0..3 {
        assert_eq!(at_inbox.hears().await, presence("user_connected", &sarah));
    }
    bad.send(Message::Binary(b"x".to_vec().into())).await;
    assert_eq!(at_inbox.hears().await, presence("user_disconnected", &sarah));
    app.ask(case("logout").by(&sarah).post("/api/auth/logout/", Value::Null)).await;
    for _ in &rooms {
        assert_eq!(at_inbox.hears().await, presence("user_disconnected", &sarah));
    }
    at_inbox.is_silent("that was all").await;
});

on_both!(the_staff_hear_of_an_alarm_that_reaches_nobody_and_no_room_does, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, staff(&app, "ann").await);
    let mut inbox = inbox(&app, &ann).await;
    let mut others = [in_room(&app, &ann, &sarah).await, beside(&app, &ann, &ann).await];
    assert_eq!(inbox.hears().await, presence("user_connected", &ann));
    let alert = |alarm: i64, reason: &str| {
        let user = sarah.id.to_string();
        json!({ "event": "alarm", "identifier": user, "user_id": user, "alarm_id": alarm, "reason": reason })
    };
    let path = |call: &str| format!("/api/v1/{call}/{}/", sarah.id);
    let press = || case("press").by(&sarah).post(path("event/trigger"), json!({}));
    assert_eq!(app.ask(press()).await.status, 404);
    assert_eq!(inbox.hears().await, alert(1, "no_scenario"));
    let ivan = json!({ "name": "x", "phone": "1", "email": "x@example.com", "relationship": "x" });
    app.check([
        case("scenario")
            .by(&sarah)
            .patch(path("user/edit"), json!({ "scenario": 3 }))
            .answers(200, Value::Null),
        case("contact").by(&sarah).patch(path("user/edit/contact"), ivan).answers(201, Value::Null),
        // No mail server is configured, so that the letter is refused.
        press().answers(200, Value::Null),
    ])
    .await;
    assert_eq!(inbox.hears().await, alert(2, "not_delivered"));
    for other in &mut others {
        other.is_silent("an alarm is told to the inbox").await;
    }
});
