//! The places in which a client shows its token, and the tickets that stand for it.
use super::*;
use chrono::TimeDelta;
use domain::identity::AccountFlag;

async fn ticket(app: &App, who: &Person) -> String {
    let said = app.ask(case("ticket").by(who).post("/api/auth/ws-ticket/", Value::Null)).await;
    assert_eq!((said.status, keys(&said.body)), (200, vec!["ticket", "expires_in"]), "{said:?}");
    assert_eq!(said.body["expires_in"], 30);
    said.body["ticket"].as_str().unwrap().to_owned()
}

const NOTIFICATIONS: &str = "/ws/notifications/";

/// The status, and the protocol that was chosen.
async fn asks(app: &App, path: &str, headers: Headers<'_>) -> (u16, Option<String>) {
    match knock(&app.base, path, headers).await {
        Ok((mut socket, response)) => {
            socket.hears().await;
            let chosen = response.headers().get("sec-websocket-protocol");
            (101, chosen.map(|name| name.to_str().unwrap().to_owned()))
        }
        Err(status) => (status, None),
    }
}

on_both!(a_token_is_taken_in_each_of_its_places, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let token = sarah.token.as_str();
    let (word, protocol) = (format!("Token {token}"), format!("token.{token}"));
    let both = format!("carebase, {protocol}");
    let (bearer, lower) = (format!("Bearer {token}"), format!("token {token}"));
    let in_query = format!("{NOTIFICATIONS}?token={token}");
    let second = format!("{NOTIFICATIONS}?after_id=3&token={token}&x=1");
    let yes = |protocol: Option<&str>| (101, protocol.map(str::to_owned));
    for (path, headers, expected) in [
        (in_query.as_str(), &[][..], yes(None)),
        (second.as_str(), &[], yes(None)),
        (NOTIFICATIONS, &[("authorization", word.as_str())], yes(None)),
        (NOTIFICATIONS, &[("authorization", lower.as_str())], yes(None)),
        (NOTIFICATIONS, &[("sec-websocket-protocol", protocol.as_str())], yes(Some(&protocol))),
        (NOTIFICATIONS, &[("sec-websocket-protocol", both.as_str())], yes(Some("carebase"))),
        (NOTIFICATIONS, &[("authorization", bearer.as_str())], (401, None)),
        // Another scheme is none at all: the token in the address counts.
        (in_query.as_str(), &[("authorization", bearer.as_str())], yes(None)),
        (in_query.as_str(), &[("authorization", "Token wrong")], (401, None)),
    ] {
        assert_eq!(asks(&app, path, headers).await, expected, "{path} {headers:?}");
    }
    // Of two people, the one in the safer place is who asks: kyle's own id is his support room.
    let path = format!("/ws/chat/{}/?token={token}", kyle.id);
    let header = format!("Token {}", kyle.token);
    let (mut socket, _) = knock(&app.base, &path, &[("authorization", header.as_str())]).await.unwrap();
    socket.say_as("c-1", "x").await;
    assert_eq!(socket.hears().await["user_id"], kyle.id.to_string());
});

on_both!(a_ticket_opens_one_socket_within_thirty_seconds, async |app: App| {
    let sarah = app.patient("sarah").await;
    let by_query = |ticket: &str| format!("{NOTIFICATIONS}?ticket={ticket}");
    let first = ticket(&app, &sarah).await;
    let other = ticket(&app, &sarah).await;
    assert!(first != other && first != sarah.token);
    app.check([case("no token")
        .authorization(format!("Token {first}"))
        .get("/api/auth/profile/")
        .answers(401, Value::Null)])
        .await;
    // What is no good handshake is no try.
    assert_eq!(app.ask(case("no upgrade").get(by_query(&first))).await.status, 426);
    assert_eq!(app.ask(knocks("foreign", by_query(&first)).header("Origin", "null")).await.status, 403);
    assert_eq!(asks(&app, &by_query(&first), &[]).await.0, 101);
    assert_eq!(asks(&app, &by_query(&first), &[]).await.0, 401, "a second time");
    let protocols = format!("carebase,ticket.{other}");
    let headers = [("sec-websocket-protocol", protocols.as_str())];
    assert_eq!(asks(&app, NOTIFICATIONS, &headers).await, (101, Some("carebase".into())));
    assert_eq!(asks(&app, NOTIFICATIONS, &headers).await.0, 401, "a second time");

    let alone = format!("ticket.{}", ticket(&app, &sarah).await);
    let expected = (101, Some(alone.clone()));
    assert_eq!(asks(&app, NOTIFICATIONS, &[("sec-websocket-protocol", alone.as_str())]).await, expected);

    let (in_time, late) = (ticket(&app, &sarah).await, ticket(&app, &sarah).await);
    app.clock.advance(TimeDelta::seconds(28));
    assert_eq!(asks(&app, &by_query(&in_time), &[]).await.0, 101);
    app.clock.advance(TimeDelta::seconds(3));
    assert_eq!(asks(&app, &by_query(&late), &[]).await.0, 401, "after its time");

    let after_logout = ticket(&app, &sarah).await;
    app.ask(case("logout").by(&sarah).post("/api/auth/logout/", Value::Null)).await;
    assert_eq!(asks(&app, &by_query(&after_logout), &[]).await.0, 401, "after logout");

    let kyle = app.patient("kyle").await;
    let of_kyle = ticket(&app, &kyle).await;
    app.grant("kyle", AccountFlag::Active(false));
    assert_eq!(asks(&app, &by_query(&of_kyle), &[]).await.0, 401, "of a deactivated account");
});

on_both!(of_many_who_show_one_ticket_one_is_let_in, async |app: App| {
    let sarah = app.patient("sarah").await;
    for _ in 0..5 {
        let path = format!("{NOTIFICATIONS}?ticket={}", ticket(&app, &sarah).await);
        let tries = futures_util::future::join_all((0..8).map(|_| knock(&app.base, &path, &[]))).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 1);
    }
});

on_both!(a_ticket_is_asked_for_with_a_token_and_never_kept_by_a_cache, async |app: App| {
    let sarah = app.patient("sarah").await;
    let path = "/api/auth/ws-ticket/";
    let said = app.ask(case("ticket").by(&sarah).post(path, Value::Null)).await;
    assert!(said.header("cache-control").contains("no-store"), "{:?}", said.header("cache-control"));
});
