//! A socket ends with the right that it was opened by.
use super::*;
use domain::identity::AccountFlag;
use std::time::Instant;
use tokio::time::sleep;

/// From the answer to the call that ended the session, to the close frame.
const SOON: Duration = Duration::from_secs(1);

async fn logout(app: &App, who: &Person) {
    let said = app.ask(case("logout").by(who).post("/api/auth/logout/", Value::Null)).await;
    assert_eq!(said.status, 204);
}

async fn close_soon(sockets: impl IntoIterator<Item = Socket>) {
    let since = Instant::now();
    for (n, mut socket) in sockets.into_iter().enumerate() {
        assert_eq!(socket.end().await.1, UNAUTHORIZED, "socket {n}");
        assert!(since.elapsed() < SOON, "socket {n} after {:?}", since.elapsed());
    }
}

async fn every_kind(app: &App, who: &Person, peer: &Person) -> Vec<Socket> {
    vec![
        beside(app, who, peer).await,
        open(app, who, &format!("/ws/chat/{}/", peer.username)).await,
        beside(app, who, who).await,
        open(app, who, "/ws/notifications/").await,
    ]
}

on_both!(a_logout_closes_every_socket_of_the_session_and_no_other, async |app: App| {
    let (mut sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut his = beside(&app, &house, &sarah).await;
    // Both right after they were opened, and when the server has looked at them before.
    for age in [Duration::ZERO, Duration::from_millis(1500)] {
        let mut hers = every_kind(&app, &sarah, &house).await;
        let ticket = app.ask(case("ticket").by(&sarah).post("/api/auth/ws-ticket/", Value::Null)).await.body;
        let path = format!("/ws/notifications/?ticket={}", ticket["ticket"].as_str().unwrap());
        hers.push(knock(&app.base, &path, &[]).await.unwrap().0);
        sleep(age).await;
        logout(&app, &sarah).await;
        close_soon(hers).await;
        his.say("are you there?").await;
        assert_eq!(his.texts(1).await, ["are you there?"]);
        let login =
            case("login").post("/api/auth/login/", json!({ "username": "sarah", "password": PASSWORD }));
        sarah.token = app.ask(login).await.body["token"].as_str().unwrap().to_owned();
        assert_eq!(beside(&app, &sarah, &house).await.texts(1).await, ["are you there?"]);
    }
});

on_both!(a_deactivated_account_is_shown_out, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let hers = every_kind(&app, &sarah, &house).await;
    let mut his = beside(&app, &house, &sarah).await;
    app.grant("sarah", AccountFlag::Active(false));
    close_soon(hers).await;
    his.say("the last word").await;
    assert_eq!(his.texts(1).await, ["the last word"], "who is open already may go on");
    app.grant("sarah", AccountFlag::Active(true));
    assert_eq!(beside(&app, &sarah, &house).await.texts(1).await, ["the last word"]);
});

on_both!(a_former_member_of_the_staff_loses_the_inbox_and_keeps_the_rest, async |app: App| {
    let (ann, bob) = (app.patient("ann").await, app.patient("bob").await);
    let sarah = app.patient("sarah").await;
    for who in ["ann", "bob"] {
        app.grant(who, AccountFlag::Staff(true));
    }
    let mut own = [beside(&app, &ann, &sarah).await, beside(&app, &ann, &ann).await];
    let (first, second) = (inbox(&app, &ann).await, open(&app, &ann, "/ws/admin/").await);
    let room = open(&app, &ann, &format!("/ws/chat/{}/?support=1", sarah.id)).await;
    let mut other = inbox(&app, &bob).await;
    app.grant("ann", AccountFlag::Staff(false));
    close_soon([first, second, room]).await;
    for (socket, name) in own.iter_mut().zip(["c-1", "c-2"]) {
        socket.say_as(name, "mine").await;
        assert_eq!(socket.texts(1).await, ["mine"]);
    }
    loop {
        let frame = other.hears().await;
        if frame["message"] == "mine" {
            break;
        }
    }
    for path in ["/ws/chat/admin/".to_owned(), format!("/ws/chat/{}/?support=1", sarah.id)] {
        assert_eq!(app.ask(knocks("no longer", path).by(&ann)).await.status, 403);
    }
});

on_both!(a_socket_that_is_opened_while_its_session_ends_does_not_stay, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let credentials = json!({ "username": "sarah", "password": PASSWORD });
    let (mut let_in, mut refused) = (0, 0);
    for n in 0..10_u64 {
        let login = case("login").post("/api/auth/login/", credentials.clone());
        let token = app.ask(login).await.body["token"].as_str().unwrap().to_owned();
        let sarah = Person { token, ..sarah.clone() };
        let path = format!("/ws/chat/{}/?token={}", house.id, sarah.token);
        let leaving = async {
            sleep(Duration::from_micros(n * 400)).await;
            logout(&app, &sarah).await;
        };
        let (tried, ()) = futures_util::future::join(knock(&app.base, &path, &[]), leaving).await;
        match tried {
            Ok((socket, _)) => {
                let_in += 1;
                close_soon([socket]).await;
            }
            Err(401) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(let_in + refused, 10);
});

on_both!(a_token_that_ended_says_nothing_more, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut hers = beside(&app, &sarah, &house).await;
    let mut his = beside(&app, &house, &sarah).await;
    logout(&app, &sarah).await;
    let (heard, code) = hers.end().await;
    assert_eq!((heard, code), (vec![], UNAUTHORIZED));
    his.say("alone").await;
    assert_eq!(his.texts(1).await, ["alone"]);
    assert_eq!(stored(&app, &house, &sarah).await, ["alone"]);
});
