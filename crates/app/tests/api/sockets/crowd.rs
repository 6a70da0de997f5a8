//! Many at once: everybody hears everything, once, in the same order.
use super::*;
use futures_util::future::{join, join_all};

/// Of each of two people: as many as one account may have.
const SOCKETS: usize = 50;
const MESSAGES_EACH: usize = 3;

on_both!(a_hundred_sockets_that_all_speak_hear_the_same_without_gaps, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut sockets = vec![];
    for _ in 0..SOCKETS {
        sockets.push(beside(&app, &sarah, &house).await);
        sockets.push(open(&app, &house, "/ws/chat/sarah/").await);
    }
    let all = sockets.len() * MESSAGES_EACH;
    let everyone = sockets.iter_mut().enumerate().map(async |(who, socket)| {
        for n in 0..MESSAGES_EACH {
            socket.say(&format!("{who}:{n}")).await;
        }
        let mut heard = vec![];
        while heard.len() < all {
            let frame = socket.hears().await;
            heard.push((frame["id"].as_i64().unwrap(), frame["message"].as_str().unwrap().to_owned()));
        }
        heard
    });
    let heard = join_all(everyone).await;
    for (who, heard) in heard.iter().enumerate() {
        let numbers: Vec<_> = heard.iter().map(|(id, _)| *id).collect();
        let misplaced = (1..).zip(&numbers).position(|(expected, id)| expected != *id);
        let around = misplaced.map(|at| &numbers[at.saturating_sub(2)..(at + 12).min(numbers.len())]);
        assert_eq!(around, None, "socket {who} heard {} messages, out of their order here", numbers.len());
    }
    assert!(heard.iter().all(|other| *other == heard[0]), "all hear the same");
    for who in 0..sockets.len() {
        let mut own = heard[0].iter().filter(|(_, text)| text.starts_with(&format!("{who}:")));
        for n in 0..MESSAGES_EACH {
            assert_eq!(own.next().unwrap().1, format!("{who}:{n}"), "in the order in which they were sent");
        }
    }
    for socket in &mut sockets {
        socket.is_silent("each message once").await;
    }
});

on_both!(a_long_history_comes_whole_and_in_order_while_others_speak, async |app: App| {
    const LONG: usize = 1000;
    const LIVE: usize = 20;
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    for n in 0..LONG {
        said(&app, &sarah, &house, &n.to_string());
    }
    let mut speaker = open(&app, &house, &format!("/ws/chat/{}/?after_id={LONG}", sarah.id)).await;
    let speaking = async {
        for n in LONG..LONG + LIVE {
            speaker.say(&n.to_string()).await;
            speaker.texts(1).await;
        }
    };
    let reading = join_all((0..4).map(async |_| {
        let mut socket = beside(&app, &sarah, &house).await;
        let mut frames = vec![];
        while frames.len() < LONG + LIVE {
            frames.push(socket.hears().await);
        }
        socket.is_silent("each message once").await;
        frames
    }));
    let ((), readers) = join(speaking, reading).await;
    for frames in readers {
        assert_eq!(ids(&frames), (1..=i64::try_from(LONG + LIVE).unwrap()).collect::<Vec<_>>());
        let texts: Vec<_> =
            frames.iter().map(|frame| frame["message"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, (0..LONG + LIVE).map(|n| n.to_string()).collect::<Vec<_>>());
    }
});

on_both!(two_first_messages_at_once_are_one_conversation, async |app: App| {
    let house = app.doctor("house").await;
    for n in 0..5 {
        let sarah = app.patient(&format!("sarah{n}")).await;
        let (mut mine, mut theirs) = (beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await);
        join(mine.say("from sarah"), theirs.say("from house")).await;
        let heard = [mine.hears().await, mine.hears().await];
        assert_eq!(ids(&heard), [1, 2]);
        assert_eq!([theirs.hears().await, theirs.hears().await], heard);
        assert_eq!(stored(&app, &sarah, &house).await.len(), 2);
    }
    let list = app.ask(case("peers").by(&house).get("/api/chat/conversations/")).await.body;
    assert_eq!(list["unique_peers"], json!(["sarah0", "sarah1", "sarah2", "sarah3", "sarah4"]));
});

on_both!(one_message_sent_from_many_tabs_at_once_is_stored_once, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut tabs = vec![];
    for _ in 0..10 {
        tabs.push(beside(&app, &sarah, &house).await);
    }
    let frame = r#"{"message":"once","client_id":"c-1"}"#;
    join_all(tabs.iter_mut().map(|tab| tab.text(frame))).await;
    for tab in &mut tabs {
        assert_eq!(json!([tab.hears().await["id"]]), json!([1]));
    }
    assert_eq!(stored(&app, &house, &sarah).await, ["once"]);
    assert_eq!(said(&app, &house, &sarah, "next").seq.get(), 2, "no number was lost");
});

on_both!(a_client_that_reads_as_fast_as_it_can_misses_nothing_of_a_flood, async |app: App| {
    const FLOOD: usize = 1500;
    const WRITERS: usize = 4;
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut readers = [beside(&app, &sarah, &house).await, beside(&app, &house, &sarah).await];
    let writing: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let service = app.application.messaging.clone();
            let caller = app.application.identity.authenticate(&sarah.token).unwrap().caller;
            let access = service.open_chat(&caller, &PeerRef::parse("house")).unwrap().0;
            std::thread::spawn(move || {
                for n in 0..FLOOD / WRITERS {
                    let text = Text::parse(&format!("{writer}:{n}")).unwrap();
                    service.say(access, None, text, None).unwrap();
                }
            })
        })
        .collect();
    let heard = join_all(readers.iter_mut().map(async |socket| {
        let mut frames = vec![];
        while frames.len() < FLOOD {
            frames.push(socket.hears().await);
        }
        frames
    }))
    .await;
    writing.into_iter().for_each(|writer| writer.join().unwrap());
    for frames in heard {
        assert_eq!(ids(&frames), (1..=i64::try_from(FLOOD).unwrap()).collect::<Vec<_>>());
    }
});
