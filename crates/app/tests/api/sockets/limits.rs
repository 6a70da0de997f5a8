//! How many sockets an account has, and how fast they speak.
use super::*;
use std::num::NonZeroU32;

const POLICY: Option<u16> = Some(1008);

on_both!(an_account_has_so_many_sockets_and_gets_a_place_back, async |backend: Backend| {
    let app = App::start(backend, |config| config.sockets.per_account = NonZeroU32::new(3).unwrap());
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut open_ones = vec![
        beside(&app, &sarah, &house).await,
        beside(&app, &sarah, &sarah).await,
        open(&app, &sarah, "/ws/notifications/").await,
    ];
    for path in [format!("/ws/chat/{}/", house.id), "/ws/notifications/".to_owned()] {
        let mut refused = open(&app, &sarah, &path).await;
        let (frames, code) = refused.end().await;
        assert_eq!((frames.len(), code), (1, POLICY), "{frames:?}");
        assert_eq!(keys(&frames[0]), ["error"]);
    }
    beside(&app, &house, &sarah).await.is_silent("others have their own places").await;
    open_ones[0].say("I may stay").await;
    assert_eq!(open_ones[0].texts(1).await, ["I may stay"]);
    let mut leaving = open_ones.remove(1);
    leaving.send(Message::Close(None)).await;
    leaving.end().await;
    // A connection that breaks off gives its place back too, when that is noticed.
    for _ in 0..3 {
        let mut late = loop {
            let mut late = beside(&app, &sarah, &house).await;
            let first = late.hears().await;
            if first["message"] == "I may stay" {
                break late;
            }
            assert!(first["error"].is_string(), "{first}");
        };
        late.is_silent("in the place of the one that left").await;
        drop(late);
    }
});

on_both!(by_default_the_51st_socket_is_one_too_many, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut sockets = vec![];
    for _ in 0..50 {
        sockets.push(open(&app, &sarah, "/ws/notifications/").await);
    }
    assert_eq!(open(&app, &sarah, "/ws/notifications/").await.end().await.1, POLICY);
    for socket in &mut sockets {
        assert_eq!(socket.hears().await["unread_count"], 0);
    }
});

on_both!(a_client_that_sends_too_fast_is_closed_after_what_was_stored, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut his = beside(&app, &house, &sarah).await;
    let mut fast = raw::Raw::open(&app, &sarah, "/ws/chat/house/", None).await;
    let (mut expected, mut burst) = (vec![], vec![]);
    for n in 0..40 {
        let text = n.to_string();
        burst.extend(raw::frame(raw::TEXT, json!({ "message": text }).to_string().as_bytes()));
        expected.push(text);
    }
    fast.bytes(&burst).await;
    let (mut frames, mut code) = (vec![], None);
    while let Some((first, payload)) = fast.frame().await {
        match first {
            raw::TEXT => frames.push(serde_json::from_slice::<Value>(&payload).unwrap()),
            raw::CLOSE => code = Some(u16::from_be_bytes([payload[0], payload[1]])),
            _ => {}
        }
    }
    assert_eq!(code, POLICY);
    let refusal = frames.pop().unwrap();
    assert_eq!(keys(&refusal), ["error"]);
    // One place comes back every 50 ms, so a slow store lets a few more in.
    assert!((20..40).contains(&frames.len()), "{}", frames.len());
    expected.truncate(frames.len());
    assert_eq!(stored(&app, &house, &sarah).await, expected);
    assert_eq!(his.texts(expected.len()).await, expected);
    his.is_silent("nothing else").await;
    let mut again = beside(&app, &sarah, &house).await;
    assert_eq!(again.texts(expected.len()).await, expected, "and may come back");
});

on_both!(twenty_messages_at_once_are_no_storm, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut mine = beside(&app, &sarah, &house).await;
    for n in 0..20 {
        mine.say(&n.to_string()).await;
    }
    let heard = mine.texts(20).await;
    assert_eq!(heard.last().map(String::as_str), Some("19"));
    mine.answers_pings("still here").await;
});

on_both!(a_socket_over_the_limit_keeps_no_connection_either, async |backend: Backend| {
    let app = App::start(backend, |config| config.sockets.per_account = NonZeroU32::MIN);
    let sarah = app.patient("sarah").await;
    let _only = open(&app, &sarah, "/ws/notifications/").await;
    // It does not answer the close frame.
    let mut refused = raw::Raw::open(&app, &sarah, "/ws/notifications/", None).await;
    assert_eq!(refused.end().await, POLICY);
});

on_both!(of_many_who_come_at_once_as_many_stay_as_may, async |backend: Backend| {
    let app = App::start(backend, |config| config.sockets.per_account = NonZeroU32::new(5).unwrap());
    let sarah = app.patient("sarah").await;
    let come = (0..30).map(|_| open(&app, &sarah, "/ws/notifications/"));
    let (mut stay, mut sockets) = (0, futures_util::future::join_all(come).await);
    for socket in &mut sockets {
        stay += usize::from(socket.hears().await["unread_count"].is_u64());
    }
    assert_eq!(stay, 5);
});
