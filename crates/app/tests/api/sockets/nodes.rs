//! Two processes on one database: what is said at one is heard at the other, and a session ends at both.
use super::*;
use crate::binary::{Server, settings};
use domain::identity::AccountFlag;
use std::time::Instant;

struct Nodes {
    app: App,
    _other: Server,
    base: String,
    _folder: tempfile::TempDir,
}

fn nodes(redis: Option<&str>) -> Nodes {
    let app = App::start(Backend::Postgres, |config| config.redis_url = redis.map(str::to_owned));
    let folder = tempfile::tempdir().unwrap();
    let url = app.database.url();
    let redis = redis.map(|url| ("REDIS_URL", url));
    let other = Server::start(folder.path(), &settings(&url, redis.as_slice()));
    let base = format!("http://{}", other.address);
    Nodes { app, _other: other, base, _folder: folder }
}

#[test]
#[cfg_attr(not(all(has_postgres, has_redis)), ignore = "needs TEST_DATABASE_URL and TEST_REDIS_URL")]
fn with_a_redis_everything_crosses_at_once() {
    let redis = std::env::var("TEST_REDIS_URL").unwrap();
    block_on(crosses_within(nodes(Some(&redis)), Duration::from_millis(500), true));
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn without_a_redis_everything_stored_crosses_soon() {
    block_on(crosses_within(nodes(None), Duration::from_secs(2), false));
}

async fn crosses_within(nodes: Nodes, limit: Duration, presence: bool) {
    let Nodes { app, base, .. } = &nodes;
    let [sarah, house, ann] =
        [app.patient("sarah").await, app.doctor("house").await, app.patient("ann").await];
    app.grant("ann", AccountFlag::Staff(true));
    app.link(&sarah, &house, "accepted").await;
    let mut here = beside(app, &sarah, &house).await;
    let mut there = at(base, &house, &format!("/ws/chat/{}/", sarah.id)).await;
    let mut desk_there = at(base, &ann, "/ws/chat/admin/").await;
    let mut room = beside(app, &sarah, &sarah).await;
    let mut notifications_there = at(base, &house, "/ws/notifications/").await;
    assert_eq!(notifications_there.hears().await["unread_count"], 1);
    if presence {
        assert_eq!(desk_there.hears().await["event"], "user_connected");
    }
    let mut late = vec![];
    let mut in_time = |what: &str, since: Instant| {
        if since.elapsed() > limit {
            late.push(format!("{what} after {:?}", since.elapsed()));
        }
    };
    for n in 0..6 {
        let (text, since) = (format!("out {n}"), Instant::now());
        here.say(&text).await;
        assert_eq!(there.texts(1).await, [text.as_str()]);
        in_time(&text, since);
        let (text, since) = (format!("back {n}"), Instant::now());
        there.say(&text).await;
        assert_eq!(here.texts(2).await[1], text);
        assert_eq!(there.texts(1).await, [text.as_str()]);
        in_time(&text, since);
    }
    let since = Instant::now();
    room.say_as("c-1", "help").await;
    assert_eq!(desk_there.hears().await["message"], "help");
    in_time("help", since);
    let since = Instant::now();
    desk_there.text(&json!({ "message": "here", "user_id": sarah.id }).to_string()).await;
    assert_eq!(room.texts(2).await, ["help", "here"]);
    in_time("the answer", since);
    let since = Instant::now();
    let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
    assert_eq!(app.ask(case("record").by(&sarah).post("/api/diary/stats/", record)).await.status, 201);
    let pushed = notifications_there.hears().await;
    assert!(pushed["id"].is_i64() && pushed["unread_count"] == 2, "{pushed}");
    in_time("the notification", since);
    assert!(late.is_empty(), "{late:?}");
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn one_senders_messages_at_two_nodes_have_one_order_for_all() {
    block_on(async {
        let nodes = nodes(None);
        let app = &nodes.app;
        let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
        let mut sockets = vec![];
        for n in 0..10 {
            let base = if n % 2 == 0 { &app.base } else { &nodes.base };
            let (who, peer) = if n % 3 == 0 { (&sarah, &house) } else { (&house, &sarah) };
            sockets.push(at(base, who, &format!("/ws/chat/{}/", peer.id)).await);
        }
        let heard = futures_util::future::join_all(sockets.iter_mut().map(async |socket| {
            for n in 0..10 {
                socket.say(&n.to_string()).await;
            }
            let mut frames = vec![];
            for _ in 0..100 {
                frames.push(socket.hears().await);
            }
            frames
        }))
        .await;
        for frames in &heard {
            assert_eq!(ids(frames), (1..=100).collect::<Vec<_>>());
            assert_eq!(frames, &heard[0]);
        }
    });
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_session_that_ends_at_one_node_ends_at_the_other() {
    block_on(async {
        let nodes = nodes(None);
        let app = &nodes.app;
        let names = ["sarah", "kyle", "ann"];
        let [sarah, kyle, ann] =
            [app.patient(names[0]).await, app.patient(names[1]).await, app.patient(names[2]).await];
        app.grant("ann", AccountFlag::Staff(true));
        let path = |peer: &Person| format!("/ws/chat/{}/", peer.id);
        let mut hers = at(&nodes.base, &sarah, &path(&kyle)).await;
        let mut his = at(&nodes.base, &kyle, &path(&kyle)).await;
        let mut inbox = at(&nodes.base, &ann, "/ws/chat/admin/").await;
        let mut own = at(&nodes.base, &ann, &path(&kyle)).await;
        for step in 0..3 {
            let ending = match step {
                0 => {
                    app.ask(case("logout").by(&sarah).post("/api/auth/logout/", Value::Null)).await;
                    &mut hers
                }
                1 => {
                    app.grant("kyle", AccountFlag::Active(false));
                    &mut his
                }
                _ => {
                    app.grant("ann", AccountFlag::Staff(false));
                    &mut inbox
                }
            };
            let since = Instant::now();
            assert_eq!(ending.end().await.1, UNAUTHORIZED, "step {step}");
            assert!(since.elapsed() < Duration::from_secs(1), "step {step} after {:?}", since.elapsed());
        }
        own.say("I stay").await;
        assert_eq!(own.texts(1).await, ["I stay"]);
    });
}

on_both!(a_server_that_is_told_to_stop_says_so_to_every_socket, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &settings(&app.database.url(), &[]));
    let base = format!("http://{}", server.address);
    let path = format!("/ws/chat/{}/", house.id);
    let mut sockets = [at(&base, &sarah, &path).await, at(&base, &sarah, "/ws/notifications/").await];
    let mut idle = vec![];
    for _ in 0..20 {
        idle.push(at(&base, &house, &format!("/ws/chat/{}/", sarah.id)).await);
    }
    sockets[0].say("before").await;
    assert_eq!(sockets[0].texts(1).await, ["before"]);
    let since = Instant::now();
    server.signal("-TERM");
    let all = sockets.iter_mut().chain(&mut idle);
    let ends = futures_util::future::join_all(all.map(Socket::end)).await;
    assert!(ends.iter().all(|(_, code)| *code == Some(1012)), "{ends:?}");
    let (out, err, code) = server.ended();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
});

on_both!(what_was_acknowledged_before_a_stop_is_stored_and_nothing_is_torn, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &settings(&app.database.url(), &[]));
    let base = format!("http://{}", server.address);
    let mut mine = at(&base, &sarah, &format!("/ws/chat/{}/", house.id)).await;
    let mut his = at(&base, &house, &format!("/ws/chat/{}/", sarah.id)).await;
    let sent: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    for text in &sent {
        mine.say(text).await;
    }
    let mut echoed = mine.texts(1).await;
    server.signal("-TERM");
    let (frames, code) = mine.end().await;
    echoed.extend(frames.iter().map(|frame| frame["message"].as_str().unwrap().to_owned()));
    assert_eq!((code, server.ended().2), (Some(1012), Some(0)));
    let kept = stored(&app, &sarah, &house).await;
    assert_eq!(kept, sent[..kept.len()], "in order, without gaps");
    assert_eq!(echoed, kept, "what was begun was finished, and told");
    let (frames, _) = his.end().await;
    let heard: Vec<_> = frames.iter().map(|frame| frame["message"].as_str().unwrap()).collect();
    assert_eq!(heard, kept[..heard.len()], "the other one heard them in order");
});
