//! A client that does not read holds up nobody but itself.
use super::*;
use std::{num::NonZeroU32, time::Instant};
use tokio::io::AsyncReadExt;

/// More than the kernel keeps for a connection.
const MESSAGES: usize = 1000;
const TEXT: usize = 15_000;

on_both!(a_client_that_does_not_read_is_cut_off_and_the_others_notice_nothing, async |backend: Backend| {
    let app = App::start(backend, |config| {
        config.sockets.messages_per_second = NonZeroU32::new(1_000_000).unwrap();
        config.sockets.per_account = NonZeroU32::new(2).unwrap();
    });
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut deaf = raw::Raw::open(&app, &sarah, &format!("/ws/chat/{}/", house.id), Some(4096)).await;
    let mut tab = beside(&app, &sarah, &house).await;
    let mut his = beside(&app, &house, &sarah).await;
    let text = "x".repeat(TEXT);
    let mut longest = Duration::ZERO;
    for n in 0..MESSAGES {
        let since = Instant::now();
        his.say(&text).await;
        for socket in [&mut his, &mut tab] {
            assert_eq!(socket.hears().await["id"], n + 1);
        }
        longest = longest.max(since.elapsed());
    }
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    // Its place is free again: it was not kept as a socket.
    let path = format!("/ws/chat/{}/?after_id={}", house.id, MESSAGES - 1);
    assert_eq!(open(&app, &sarah, &path).await.hears().await["id"], MESSAGES);
    // And its connection is over, with less than all there was.
    let (mut read, mut buffer) = (0, vec![0; 1 << 16]);
    loop {
        match timeout(PATIENCE, deaf.0.read(&mut buffer)).await.expect("the connection is over") {
            Ok(0) | Err(_) => break,
            Ok(some) => read += some,
        }
    }
    assert!(read < MESSAGES * TEXT, "{read}");
});

on_both!(a_client_may_take_its_time_over_a_long_history, async |app: App| {
    const LONG: usize = 400;
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let text = "x".repeat(TEXT);
    for _ in 0..LONG {
        said(&app, &house, &sarah, &text);
    }
    let path = format!("/ws/chat/{}/", house.id);
    let mut slow = raw::Raw::open(&app, &sarah, &path, Some(4096)).await;
    let mut his = open(&app, &house, &format!("/ws/chat/{}/?after_id={LONG}", sarah.id)).await;
    // Far more is said meanwhile than may wait for one client.
    for n in 0..100_usize {
        said(&app, &sarah, &house, "meanwhile");
        assert_eq!(his.hears().await["id"], LONG + n + 1);
    }
    for n in 1..=LONG + 100 {
        let (_, payload) = slow.frame().await.unwrap_or_else(|| panic!("cut off before {n}"));
        assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap()["id"], n);
    }
});
