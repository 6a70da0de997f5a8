//! `/api/chat/conversations/`: what is not shown, and what is deleted.
use crate::sockets::said;
use domain::{
    audit::AuditAction,
    messaging::ChatAccess,
    shared::{AccountId, Page},
};
use serde_json::{Value, json};
use testing::*;

const ALL: &str = "/api/chat/conversations/";
const UNKNOWN: &str = "No CustomUser matches the given query.";

fn with(peer: impl std::fmt::Display) -> String {
    format!("{ALL}{peer}/")
}

fn deleting(peer: impl std::fmt::Display) -> String {
    format!("{ALL}delete/{peer}/")
}

on_both!(private_fields_are_for_those_who_are_linked, async |app: App| {
    let sarah = app.patient("sarah").await;
    let private = json!({ "sex": "F", "date_of_birth": "1965-02-28", "phone_number": "555" });
    let fill = async |who: &Person| {
        app.ask(case("fill").by(who).patch("/api/auth/profile/", private.clone())).await.body
    };
    let own = fill(&sarah).await;
    for (name, status) in [
        ("friend", None),
        ("asked", Some("pending")),
        ("refused", Some("rejected")),
        ("linked", Some("accepted")),
    ] {
        let other = app.doctor(name).await;
        let whole = fill(&other).await;
        if let Some(status) = status {
            app.link(&sarah, &other, status).await;
        }
        said(&app, &other, &sarah, "x");
        let mut shown = whole.clone();
        if status != Some("accepted") {
            for (key, blank) in [
                ("email", json!("")),
                ("phone_number", json!("")),
                ("sex", json!(null)),
                ("date_of_birth", json!(null)),
            ] {
                shown[key] = blank;
            }
        }
        let list = app.ask(case(name).by(&sarah).get(with(name))).await.body;
        assert_eq!((&list[0]["sender"], &list[0]["receiver"]), (&shown, &own), "{name}");
        let list = app.ask(case(name).by(&other).get(with(sarah.id))).await.body;
        let hidden = list[0]["receiver"]["email"] == "" && list[0]["receiver"]["date_of_birth"].is_null();
        assert_eq!((&list[0]["sender"], hidden), (&whole, status != Some("accepted")), "{name}");
    }
});

on_both!(deleting_empties_a_conversation_for_both, async |app: App| {
    let [sarah, house, kyle] =
        [app.patient("sarah").await, app.doctor("house").await, app.patient("kyle").await];
    let talk = || {
        said(&app, &sarah, &house, "one");
        said(&app, &house, &sarah, "two");
    };
    talk();
    said(&app, &sarah, &kyle, "stays");
    said(&app, &sarah, &sarah, "help");
    let unknown = detail(UNKNOWN);
    let gone = |who: &Person, path: String| case("delete").by(who).delete(path, Value::Null);
    app.check([
        gone(&sarah, deleting(9999)).answers(404, unknown.clone()),
        gone(&sarah, deleting("99999999999999999999")).answers(404, Value::Null),
        gone(&sarah, deleting("nobody")).answers(400, error("Peer does not exist")),
        gone(&sarah, deleting("no%20name!")).answers(400, Value::Null),
        gone(&kyle, deleting(house.id)).answers(204, json!("")),
        case("still there").by(&sarah).get(ALL).answers(
            200,
            json!({
                "peers": [{ "id": house.id, "username": "house" }, { "id": kyle.id, "username": "kyle" }],
                "unique_peers": ["house", "kyle"],
            }),
        ),
    ])
    .await;
    let of_kyle = json!({ "peers": [{ "id": kyle.id, "username": "kyle" }], "unique_peers": ["kyle"] });
    for (who, path) in [
        (&sarah, deleting(house.id)),
        (&house, deleting("sarah")),
        (&sarah, format!("{ALL}delete/house")),
        (&house, format!("{ALL}delete/{}", sarah.id)),
    ] {
        app.check([
            gone(who, path.clone()).answers(204, json!("")),
            case("hers").by(&sarah).get(with("house")).answers(200, json!([])),
            case("his").by(&house).get(with(sarah.id)).answers(200, json!([])),
            case("list").by(&sarah).get(ALL).answers(200, of_kyle.clone()),
            case("list").by(&house).get(ALL).answers(200, json!({ "peers": [], "unique_peers": [] })),
            gone(who, path).answers(204, json!("")),
        ])
        .await;
        talk();
        let list = app.ask(case("anew").by(&house).get(with("sarah"))).await.body;
        assert_eq!(list.as_array().unwrap().len(), 2, "begun anew");
    }
    // One's own id is the support room, which stays.
    app.check([
        gone(&sarah, deleting(sarah.id)).answers(204, json!("")),
        gone(&sarah, deleting("sarah")).answers(204, json!("")),
    ])
    .await;
    let access =
        ChatAccess::to_own_support_room(&app.application.identity.authenticate(&sarah.token).unwrap().caller);
    let room = app.application.messaging.read(access, Page::first()).unwrap();
    assert_eq!(room.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["help"]);
});

on_both!(somebody_called_delete_loses_nothing_by_it, async |app: App| {
    let (sarah, delete) = (app.patient("sarah").await, app.patient("delete").await);
    said(&app, &sarah, &delete, "hello");
    let asked = app.ask(case("no peer").by(&sarah).delete(with("delete"), Value::Null)).await;
    assert!([404, 405].contains(&asked.status), "{asked:?}");
    let list = app.ask(case("by id").by(&sarah).get(with(delete.id))).await.body;
    assert_eq!(list.as_array().unwrap().len(), 1);
    app.check([
        case("delete delete").by(&sarah).delete(deleting("delete"), Value::Null).answers(204, json!("")),
        case("gone").by(&sarah).get(with(delete.id)).answers(200, json!([])),
    ])
    .await;
});

on_both!(a_deletion_is_in_the_audit_log_of_both, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    said(&app, &sarah, &house, "one");
    let gone = case("delete").by(&house).delete(deleting(sarah.id), Value::Null);
    app.check([gone.answers(204, json!(""))]).await;
    for who in [&sarah, &house] {
        let lines = app.application.audit_log.of(AccountId::new(who.id), Page::first()).unwrap();
        let told = lines.iter().find(|line| line.entry.act == AuditAction::ConversationDeleted);
        assert_eq!(told.and_then(|line| line.actor_name.as_deref()), Some("house"), "{}", who.username);
    }
    assert!(
        app.notifications(&sarah).await.is_empty() && app.notifications(&house).await.is_empty(),
        "chat makes no notification"
    );
});
