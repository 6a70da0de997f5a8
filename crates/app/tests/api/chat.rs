//! `/api/chat/conversations/`: with whom, and what was said. What goes over sockets is in `sockets/`.
use crate::sockets::{named, said};
use domain::identity::AccountFlag;
use serde_json::{Value, json};
use testing::*;

const ALL: &str = "/api/chat/conversations/";
const UNKNOWN: &str = "No CustomUser matches the given query.";

fn with(peer: impl std::fmt::Display) -> String {
    format!("{ALL}{peer}/")
}

on_both!(the_people_are_listed_by_both_keys_the_first_begun_first, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut others = vec![];
    for name in ["zoe", "house", "kyle", "silent"] {
        others.push(app.patient(name).await);
    }
    let [zoe, house, kyle, silent] = &others[..] else { unreachable!() };
    let none = json!({ "peers": [], "unique_peers": [] });
    said(&app, &sarah, &sarah, "help");
    app.check([case("nobody yet, the staff are no peers").by(&sarah).get(ALL).answers(200, none.clone())])
        .await;
    for (from, to) in [(kyle, &sarah), (&sarah, zoe), (house, &sarah), (&sarah, kyle), (zoe, house)] {
        said(&app, from, to, "x");
    }
    let peer = |who: &Person| json!({ "id": who.id, "username": who.username });
    let list = |people: &[&Person]| {
        let names: Vec<_> = people.iter().map(|who| &who.username).collect();
        json!({ "peers": people.iter().map(|who| peer(who)).collect::<Vec<_>>(), "unique_peers": names })
    };
    app.check([
        case("hers").by(&sarah).get(ALL).answers(200, list(&[kyle, zoe, house])),
        case("house").by(house).get("/api/chat/conversations").answers(200, list(&[&sarah, zoe])),
        case("who said nothing").by(silent).get(ALL).answers(200, none),
    ])
    .await;
    // Who was deactivated stays in the list; what they said stays readable.
    app.grant("zoe", AccountFlag::Active(false));
    app.check([
        case("hers").by(&sarah).get(ALL).answers(200, list(&[kyle, zoe, house])),
        case("readable").by(&sarah).get(with("zoe")).answers(200, Value::Null),
    ])
    .await;
});

on_both!(many_conversations_are_all_listed, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut names = vec![];
    for n in 0..120 {
        let other = app.patient(&format!("peer{n}")).await;
        said(&app, &other, &sarah, "x");
        names.push(other.username);
    }
    let list = app.ask(case("all").by(&sarah).get(ALL)).await.body;
    assert_eq!(list["unique_peers"], json!(names));
    assert_eq!(list["peers"].as_array().unwrap().len(), 120);
});

on_both!(a_conversation_is_found_by_id_or_by_name, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let gone = app.patient("gone").await;
    app.grant("gone", AccountFlag::Active(false));
    let odd = named(&app, "Ёж.2+x@y-z_").await;
    let asked = |body: Value| case(body.to_string()).by(&sarah).post(ALL, body);
    let found = |form: &str| json!({ "message": "Redirect to chat", "chat_url": with(form) });
    let no_id = error("peer_id is required");
    let no_name = error("peer_username is required");
    let unknown = error("Peer does not exist");
    let id = house.id.to_string();
    let mut cases = vec![asked(Value::Null).answers(400, no_id.clone())];
    for body in [json!({}), json!({ "peer_id": null }), json!({ "peer_id": "" }), json!({ "peer_id": 0 })] {
        cases.push(asked(body).answers(400, no_id.clone()));
    }
    for body in [json!({ "peer_username": "" }), json!({ "peer_id": null, "peer_username": "  " })] {
        cases.push(asked(body).answers(400, no_name.clone()));
    }
    for body in [
        json!({ "peer_id": 9999 }),
        json!({ "peer_id": "9999" }),
        json!({ "peer_id": -1 }),
        json!({ "peer_id": 1.5 }),
        json!({ "peer_id": true }),
        json!({ "peer_id": "house" }),
        json!({ "peer_id": [house.id] }),
        json!({ "peer_id": { "id": house.id } }),
        json!({ "peer_id": "99999999999999999999" }),
        json!({ "peer_id": gone.id }),
        json!({ "peer_username": "gone" }),
        json!({ "peer_username": "nobody" }),
        json!({ "peer_username": "HOUSE" }),
        json!({ "peer_username": "no such name!" }),
        json!({ "peer_username": "a\0b" }),
        json!({ "peer_id": 9999, "peer_username": "house" }),
    ] {
        cases.push(asked(body).answers(400, unknown.clone()));
    }
    for body in
        [json!({ "peer_username": [] }), json!({ "peer_username": null }), json!({ "peer_username": {} })]
    {
        cases.push(asked(body).answers(400, Value::Null));
    }
    for (body, form) in [
        (json!({ "peer_id": house.id }), id.as_str()),
        (json!({ "peer_id": id }), id.as_str()),
        (json!({ "peer_id": house.id, "peer_username": "odd" }), id.as_str()),
        (json!({ "peer_id": "", "peer_username": "house" }), "house"),
        (json!({ "peer_username": "house", "more": 1 }), "house"),
        (json!({ "peer_username": odd.username }), odd.username.as_str()),
        (json!({ "peer_id": sarah.id }), &sarah.id.to_string()),
        (json!({ "peer_username": "sarah" }), "sarah"),
    ] {
        cases.push(asked(body).answers(200, found(form)));
    }
    cases.push(
        case("a form")
            .by(&sarah)
            .to("POST".parse().unwrap(), ALL)
            .form(&[("peer_id", &id)])
            .answers(200, found(&id)),
    );
    cases.push(
        case("no slash")
            .by(&sarah)
            .post("/api/chat/conversations", json!({ "peer_id": house.id }))
            .answers(200, found(&id)),
    );
    app.check(cases).await;
});

on_both!(history_comes_newest_first_with_both_people, async |app: App| {
    let [sarah, house, kyle] =
        [app.patient("sarah").await, app.doctor("house").await, app.patient("kyle").await];
    said(&app, &sarah, &sarah, "help");
    said(&app, &sarah, &kyle, "to kyle");
    for path in [with(house.id), with("house"), with(sarah.id), with("sarah")] {
        app.check([case("nothing").by(&sarah).get(path).answers(200, json!([]))]).await;
    }
    said(&app, &sarah, &house, "one");
    said(&app, &house, &sarah, "");
    said(&app, &sarah, &house, "три 🦷\n");
    let list = app.ask(case("list").by(&sarah).get(with(house.id))).await.body;
    let told: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|m| json!([m["id"], m["sender"]["username"], m["receiver"]["username"], m["content"]]))
        .collect();
    let expected =
        json!([[3, "sarah", "house", "три 🦷\n"], [2, "house", "sarah", ""], [1, "sarah", "house", "one"]]);
    assert_eq!(json!(told), expected);
    for message in list.as_array().unwrap() {
        let keys: Vec<_> = message.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "sender", "receiver", "content", "timestamp"]);
        let at = message["timestamp"].as_str().unwrap();
        chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S%.fZ").unwrap();
    }
    let id = house.id;
    app.check([
        case("by name").by(&sarah).get(with("house")).answers(200, list.clone()),
        case("no slash").by(&sarah).get(format!("{ALL}house")).answers(200, list),
        case("unknown").by(&sarah).get(with(9999)).answers(404, detail(UNKNOWN)),
        case("no number").by(&sarah).get(with("99999999999999999999")).answers(404, detail(UNKNOWN)),
        case("unknown").by(&sarah).get(with("nobody")).answers(404, detail(UNKNOWN)),
        case("no name").by(&sarah).get(with("no%20name!")).answers(404, detail(UNKNOWN)),
        case("NUL").by(&sarah).get(with("%00")).answers(404, detail(UNKNOWN)),
        case("method")
            .by(&sarah)
            .post(with(id), json!({}))
            .answers(405, detail("Method \"POST\" not allowed.")),
        case("kyle is not in it").by(&kyle).get(with(id)).answers(200, json!([])),
    ])
    .await;
    let theirs = app.ask(case("other side").by(&house).get(with("sarah"))).await.body;
    assert_eq!(theirs.as_array().unwrap().len(), 3);
});

on_both!(a_long_history_is_told_whole, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    for n in 0..450 {
        said(&app, &sarah, &house, &n.to_string());
    }
    let list = app.ask(case("list").by(&house).get(with("sarah"))).await.body;
    let texts: Vec<_> = list.as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(texts, (0..450).rev().map(|n| n.to_string()).collect::<Vec<_>>());
});
