//! `/api/v1/chat/user/support/<id>/`: where somebody's support room is.
use domain::identity::AccountFlag;
use serde_json::{Value, json};
use testing::*;

on_both!(where_a_support_room_is_is_told_its_owner_and_the_staff, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let path = |id: &str| format!("/api/v1/chat/user/support/{id}/");
    let host = app.base.trim_start_matches("http://").to_owned();
    let room = |host: &str, who: &Person, is_admin: bool| json!({ "user_id": who.id, "is_admin": is_admin, "websocket_url": format!("{host}/ws/chat/{}/", who.id) });
    let to_the_staff = json!({
        "user_id": sarah.id, "is_admin": true, "websocket_url": format!("ws://{host}/ws/chat/{}/?support=1", sarah.id)
    });
    let foreign = error("You are not authorized to access this chat");
    let (hers, anns) = (sarah.id.to_string(), ann.id.to_string());
    let here = format!("ws://{host}");
    app.check([
        case("another's").by(&sarah).get(path(&anns)).answers(403, foreign.clone()),
        case("nobody's").by(&sarah).get(path("9999")).answers(403, foreign.clone()),
        case("no number").by(&sarah).get(path("99999999999999999999")).answers(403, foreign),
        case("no id").by(&sarah).get(path("sarah")).answers(404, Value::Null),
        case("no id").by(&ann).get(path("sarah")).answers(404, Value::Null),
        case("unknown").by(&ann).get(path("9999")).answers(404, error("User not found")),
        case("own").by(&sarah).get(path(&hers)).answers(200, room(&here, &sarah, false)),
        case("staff").by(&ann).get(path(&hers)).answers(200, to_the_staff),
        case("staff's own").by(&ann).get(path(&anns)).answers(200, room(&here, &ann, true)),
        case("the host that was asked")
            .by(&sarah)
            .header("Host", "localhost:9")
            .get(path(&hers))
            .answers(200, room("ws://localhost:9", &sarah, false)),
    ])
    .await;

    for (public, expected) in [
        ("https://care.example.com", "wss://care.example.com"),
        ("http://care.example.com:81", "ws://care.example.com:81"),
    ] {
        let app = App::start(app.backend(), |config| config.public_url = Some(public.to_owned()));
        let sarah = app.patient("sarah").await;
        let said = case(public).by(&sarah).get(path(&sarah.id.to_string()));
        app.check([said.answers(200, room(expected, &sarah, false))]).await;
    }
});

on_both!(nobody_but_a_trusted_proxy_says_at_which_host_we_are, async |app: App| {
    let sarah = app.patient("sarah").await;
    let path = format!("/api/v1/chat/user/support/{}/", sarah.id);
    let host = app.base.replace("http://", "ws://");
    let expected = json!({
        "user_id": sarah.id, "is_admin": false, "websocket_url": format!("{host}/ws/chat/{}/", sarah.id)
    });
    let mut cases = vec![];
    for (header, value) in [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.com"),
        ("Forwarded", "host=evil.com;proto=https"),
    ] {
        cases.push(case(header).by(&sarah).header(header, value).get(&path).answers(200, expected.clone()));
    }
    app.check(cases).await;
});
