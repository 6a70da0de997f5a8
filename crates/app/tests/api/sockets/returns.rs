//! Who comes back: with a message that was not acknowledged, or with a number from another time.
use super::*;

on_both!(a_deleted_message_that_is_sent_again_is_acknowledged, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut before = beside(&app, &sarah, &house).await;
    for n in 1..=3 {
        before.text(&json!({ "message": "a secret", "client_id": n.to_string() }).to_string()).await;
        assert_eq!(before.hears().await["id"], n);
    }
    let delete = format!("/api/chat/conversations/delete/{}/", house.id);
    app.check([case("delete").by(&sarah).delete(delete, Value::Null).answers(204, Value::Null)]).await;

    // A socket that has seen nothing, one that has seen some of it, and the one that has seen all.
    let path = format!("/ws/chat/{}/", house.id);
    let fresh = [open(&app, &sarah, &path).await, open(&app, &sarah, &format!("{path}?after_id=2")).await];
    for mut socket in fresh.into_iter().chain([before]) {
        socket.text(&json!({ "message": "a secret", "client_id": "3" }).to_string()).await;
        let echo = socket.hears().await;
        assert_eq!((&echo["id"], &echo["client_id"], &echo["message"]), (&json!(3), &json!("3"), &json!("")));
        socket.is_silent("told once").await;
    }
    assert!(stored(&app, &sarah, &house).await.is_empty());
});

on_both!(a_client_with_a_position_beyond_the_end_gets_what_comes, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let root = app.patient("root").await;
    app.grant("root", domain::identity::AccountFlag::Staff(true));
    for (path, text) in [
        (format!("/ws/chat/{}/?after_id=1000", house.id), "of a pair"),
        (format!("/ws/chat/{}/?after_id=9223372036854775807", sarah.id), "of a room"),
    ] {
        let mut socket = open(&app, &sarah, &path).await;
        socket.say_as(text, text).await;
        assert_eq!(socket.texts(1).await, [text]);
    }
    said(&app, &house, &sarah, "back");
    let mut again = open(&app, &sarah, &format!("/ws/chat/{}/?after_id=500", house.id)).await;
    said(&app, &house, &sarah, "and again");
    assert_eq!(again.texts(1).await, ["and again"]);

    let mut inbox = open(&app, &root, "/ws/chat/admin/?after_id=1000").await;
    said(&app, &sarah, &sarah, "anybody there?");
    assert_eq!(inbox.texts(1).await, ["anybody there?"]);
});

on_both!(whatever_the_staff_see_of_a_room_is_in_its_owners_audit_log, async |app: App| {
    let (sarah, root, ann) =
        (app.patient("sarah").await, app.patient("root").await, app.patient("ann").await);
    for name in ["root", "ann"] {
        app.grant(name, domain::identity::AccountFlag::Staff(true));
    }
    let seen = || {
        let id = app.application.identity.authenticate(&sarah.token).unwrap().caller.id();
        let lines = app.application.audit_log.of(id, domain::shared::Page::first()).unwrap();
        lines.iter().filter(|line| line.entry.act == domain::audit::AuditAction::SupportSeen).count()
    };
    said(&app, &sarah, &sarah, "an old question");
    let mut inbox = inbox(&app, &root).await;
    assert_eq!(inbox.texts(1).await, ["an old question"]);
    assert_eq!(seen(), 1, "what waited");
    said(&app, &sarah, &sarah, "a new one");
    assert_eq!(inbox.texts(1).await, ["a new one"]);
    assert_eq!(seen(), 2, "what was said while the inbox was open");
    let mut again = open(&app, &root, "/ws/chat/admin/?after_id=0").await;
    assert_eq!(again.texts(2).await, ["an old question", "a new one"]);
    assert_eq!(seen(), 3, "what was read again");

    drop((inbox, again));
    let path = format!("/ws/chat/{}/?support=1", sarah.id);
    let mut room = open(&app, &root, &path).await;
    assert_eq!(room.texts(2).await, ["an old question", "a new one"]);
    assert_eq!(seen(), 4, "the room's history");
    said(&app, &sarah, &sarah, "a third");
    assert_eq!(room.texts(1).await, ["a third"]);
    assert_eq!(seen(), 5, "what was said while the room was open");
    room.say_as("a-1", "an answer").await;
    assert_eq!(room.texts(1).await, ["an answer"]);
    assert_eq!(seen(), 5, "one's own words show one nothing");
    let mut by_another = open(&app, &ann, &format!("{path}&after_id=3")).await;
    assert_eq!(by_another.texts(1).await, ["an answer"]);
    assert_eq!(seen(), 6, "another's answer");
    open(&app, &ann, &format!("{path}&after_id=4")).await.is_silent("nothing new").await;
    assert_eq!(seen(), 6, "nothing was shown");
});
