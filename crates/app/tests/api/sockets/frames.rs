//! What a socket makes of frames that are no plain texts.
use super::{raw::*, *};

/// The largest message that is heard.
const MOST: usize = 16 * 1024;

/// A message whose frame has so many bytes.
fn sized(bytes: usize) -> Vec<u8> {
    let text = "x".repeat(bytes - r#"{"message":""}"#.len());
    format!(r#"{{"message":"{text}"}}"#).into_bytes()
}

fn in_pieces(payload: &[u8], pieces: usize) -> Vec<u8> {
    let chunks: Vec<_> = payload.chunks(payload.len().div_ceil(pieces)).collect();
    let last = chunks.len() - 1;
    let first = |n| match n {
        0 => BEGUN,
        n if n == last => LAST,
        _ => GOES_ON,
    };
    chunks.iter().enumerate().flat_map(|(n, chunk)| frame(first(n), chunk)).collect()
}

on_both!(a_frame_that_must_not_be_ends_the_socket_with_its_code_and_stores_nothing, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let path = format!("/ws/chat/{}/", house.id);
    let mut his = beside(&app, &house, &sarah).await;
    let good = br#"{"message":"x"}"#;
    let mut wrong = vec![];
    for (name, bytes, expected) in [
        ("binary", frame(BINARY, good), 1003),
        ("not UTF-8", frame(TEXT, b"{\"message\":\"\xff\"}"), 1007),
        ("not UTF-8 in pieces", in_pieces(b"{\"message\":\"\xc3\x28 and more\"}", 3), 1007),
        ("a surrogate", frame(TEXT, b"{\"message\":\"\xed\xa0\x80\"}"), 1007),
        ("a byte too many", frame(TEXT, &sized(MOST + 1)), 1009),
        ("a byte too many in 2 pieces", in_pieces(&sized(MOST + 1), 2), 1009),
        ("a byte too many in 100 pieces", in_pieces(&sized(MOST + 1), 100), 1009),
        ("far too much", frame(TEXT, &sized(200_000)), 1009),
        ("unmasked", unmasked(TEXT, good), 1002),
        ("a reserved opcode", frame(0x83, good), 1002),
        ("a reserved control opcode", frame(0x8b, b""), 1002),
        ("goes on without a beginning", frame(LAST, good), 1002),
        ("begun twice", [frame(BEGUN, b"{"), frame(TEXT, good)].concat(), 1002),
        ("a ping in pieces", frame(0x09, b"x"), 1002),
        ("a long ping", frame(PING, &[0; 126]), 1002),
        ("a close of one byte", frame(CLOSE, &[3]), 1002),
    ] {
        let mut socket = Raw::open(&app, &sarah, &path, None).await;
        socket.bytes(&bytes).await;
        let code = socket.end().await;
        if code != Some(expected) {
            wrong.push(format!("{name}: {expected} was to come, not {code:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    his.say("nothing of that").await;
    assert_eq!(his.texts(1).await, ["nothing of that"]);
    assert_eq!(stored(&app, &house, &sarah).await, ["nothing of that"]);
});

// Bits that mean nothing unless both agreed on it before.
on_both!(reserved_bits_are_a_protocol_error, async |app: App| {
    let sarah = app.patient("sarah").await;
    for bit in [0x40, 0x20, 0x10] {
        let mut socket = Raw::open(&app, &sarah, "/ws/notifications/", None).await;
        socket.bytes(&frame(TEXT | bit, b"{}")).await;
        assert_eq!(socket.end().await, Some(1002), "RFC 6455, 5.2");
    }
});

// What one frame announces is refused before it is kept: otherwise a few clients fill the memory.
on_both!(a_frame_that_goes_on_for_ever_is_not_waited_for, async |app: App| {
    let sarah = app.patient("sarah").await;
    let part = vec![b'x'; 1 << 16];
    for announced in [1_u64 << 17, 1 << 32, 1 << 62, u64::MAX] {
        for parts in [0, 1, 4] {
            let mut socket = Raw::open(&app, &sarah, "/ws/notifications/", None).await;
            socket.bytes(&[&[TEXT, 0xff][..], &announced.to_be_bytes(), &[0; 4]].concat()).await;
            for _ in 0..parts.min(announced >> 17) {
                socket.bytes(&part).await;
            }
            assert_eq!(socket.end().await, Some(1009), "{parts} parts of {announced} bytes");
        }
    }
});

on_both!(a_message_may_have_16384_bytes_in_any_number_of_pieces, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut his = beside(&app, &house, &sarah).await;
    let mut socket = Raw::open(&app, &sarah, "/ws/chat/house/", None).await;
    let split = r#"{"message":"зуб 🦷"}"#.as_bytes();
    for bytes in [
        frame(TEXT, &sized(MOST)),
        in_pieces(&sized(MOST), 2),
        in_pieces(&sized(MOST), 50),
        // Between the bytes of one character, with a ping in the middle.
        in_pieces(split, split.len()),
        [frame(BEGUN, &split[..14]), frame(PING, b"now"), frame(LAST, &split[14..])].concat(),
    ] {
        socket.bytes(&bytes).await;
    }
    let whole = "x".repeat(MOST - r#"{"message":""}"#.len());
    let expected = [whole.as_str(), &whole, &whole, "зуб 🦷", "зуб 🦷"];
    assert_eq!(his.texts(5).await, expected);
    let (mut texts, mut pong) = (0, false);
    while texts < 5 || !pong {
        let (first, payload) = socket.frame().await.unwrap();
        texts += usize::from(first == TEXT);
        pong |= (first, payload.as_slice()) == (0x8a, b"now");
    }
});

on_both!(a_ping_is_answered_with_what_it_held_and_a_close_with_its_code, async |app: App| {
    let sarah = app.patient("sarah").await;
    let mut socket = Raw::open(&app, &sarah, "/ws/notifications/", None).await;
    assert!(socket.frame().await.is_some_and(|(first, _)| first == TEXT));
    for payload in [&b""[..], b"hello", &[0xff; 125]] {
        socket.bytes(&frame(PING, payload)).await;
        assert_eq!(socket.frame().await, Some((0x8a, payload.to_vec())));
    }
    // An answer to nothing means nothing.
    socket.bytes(&frame(0x8a, b"unasked")).await;
    socket.bytes(&frame(PING, b"then")).await;
    assert_eq!(socket.frame().await, Some((0x8a, b"then".to_vec())));
    socket.bytes(&frame(CLOSE, &[0x03, 0xe8, b'b', b'y', b'e'])).await;
    assert_eq!(socket.end().await, Some(1000));

    for (payload, code) in
        [(&[][..], 1005), (&[0x03, 0xe9], 1001), (&[0x0b, 0xb8], 3000), (&[0x13, 0x87], 4999)]
    {
        let mut socket = Raw::open(&app, &sarah, &format!("/ws/chat/{}/", sarah.id), None).await;
        socket.bytes(&frame(CLOSE, payload)).await;
        assert_eq!(socket.end().await, Some(code), "and the connection ends");
    }
});

on_both!(it_does_not_matter_how_the_bytes_arrive, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let mut his = beside(&app, &house, &sarah).await;
    let mut socket = Raw::open(&app, &sarah, "/ws/chat/house/", None).await;
    socket.0.set_nodelay(true).unwrap();
    let messages = [sized(20), sized(125), sized(126), sized(300)];
    let pieces = messages.iter().map(|message| in_pieces(message, 3)).chain([frame(PING, b"!")]);
    let bytes: Vec<_> = messages.iter().map(|message| frame(TEXT, message)).chain(pieces).flatten().collect();
    // Byte by byte, and cut at places that fall into headers, masks and texts alike.
    for chunk in bytes[..600].chunks(1).chain(bytes[600..].chunks(7)) {
        socket.bytes(chunk).await;
        tokio::task::yield_now().await;
    }
    let texts = his.texts(8).await;
    let expected = messages.iter().map(|message| message.len() - r#"{"message":""}"#.len());
    let expected: Vec<_> = expected.clone().chain(expected).collect();
    assert_eq!(texts.iter().map(String::len).collect::<Vec<_>>(), expected);
    while socket.frame().await.unwrap() != (0x8a, b"!".to_vec()) {}
});
