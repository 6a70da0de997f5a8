//! Which caller may open which socket; a refusal is a status, before anything is upgraded.
use super::*;
use domain::identity::AccountFlag;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PATHS: [&str; 6] = [
    "/ws/chat/house/",
    "/ws/chat/1/",
    "/ws/chat/1/?support=1",
    "/ws/chat/admin/",
    "/ws/admin/",
    "/ws/notifications/",
];

on_both!(nobody_opens_a_socket_without_a_right_to_it, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let gone = app.patient("gone").await;
    app.grant("gone", AccountFlag::Active(false));
    let staff = app.patient("staff").await;
    app.grant("staff", AccountFlag::Staff(true));
    let mut cases = vec![];
    for path in PATHS {
        let wrong = "0".repeat(40);
        for (name, query) in [
            ("a guest", String::new()),
            ("a blank token", "?token=".into()),
            ("a wrong token", format!("?token={wrong}")),
            ("a wrong ticket", format!("?ticket={wrong}")),
            ("a token as a ticket", format!("?ticket={}", sarah.token)),
            ("a deactivated account", format!("?token={}", gone.token)),
            ("a token in another case", format!("?token={}", sarah.token.to_uppercase())),
            ("another parameter", format!("?Token={}", sarah.token)),
        ] {
            let query = if path.contains('?') { query.replace('?', "&") } else { query };
            cases.push(knocks(name, format!("{path}{query}")).answers(401, Value::Null));
        }
        for header in [format!("Bearer {}", sarah.token), "Token".into(), format!("Token {wrong}")] {
            cases.push(knocks(&header, path).authorization(&header).answers(401, Value::Null));
        }
        let protocol = knocks("a wrong token in the protocols", path);
        cases.push(
            protocol
                .header("Sec-WebSocket-Protocol", format!("carebase, token.{wrong}"))
                .answers(401, Value::Null),
        );
    }
    app.check(cases).await;

    let mut cases = vec![];
    for (who, path) in [
        (&sarah, "/ws/chat/9999/".to_owned()),
        (&sarah, "/ws/chat/0/".to_owned()),
        (&sarah, "/ws/chat/99999999999999999999/".to_owned()),
        (&sarah, "/ws/chat/nobody/".to_owned()),
        (&sarah, "/ws/chat/-1/".to_owned()),
        (&sarah, "/ws/chat/%00/".to_owned()),
        (&sarah, format!("/ws/chat/{}/", gone.id)),
        (&sarah, "/ws/chat/gone/".to_owned()),
        (&sarah, "/ws/chat/sarah/".to_owned()),
        (&sarah, "/ws/chat/admin/".to_owned()),
        (&sarah, "/ws/admin/".to_owned()),
        (&house, "/ws/chat/admin/".to_owned()),
        (&house, "/ws/admin".to_owned()),
        (&sarah, format!("/ws/chat/{}/?support=1", house.id)),
        (&sarah, format!("/ws/chat/0{}/?support=1", house.id)),
        (&sarah, format!("/ws/chat/{}?after_id=0&support=1", house.id)),
        (&sarah, format!("/ws/chat/{}/?support=1", gone.id)),
        (&sarah, "/ws/chat/house/?support=1".to_owned()),
        (&sarah, "/ws/chat/sarah/?support=1".to_owned()),
        (&sarah, "/ws/chat/9999/?support=1".to_owned()),
        (&sarah, "/ws/chat/admin/?support=1".to_owned()),
        (&house, format!("/ws/chat/{}/?support=1", sarah.id)),
        (&staff, "/ws/chat/9999/?support=1".to_owned()),
        (&staff, "/ws/chat/0/?support=1".to_owned()),
        (&staff, "/ws/chat/99999999999999999999/?support=1".to_owned()),
        (&staff, "/ws/chat/nobody/?support=1".to_owned()),
        (&staff, "/ws/chat/staff/?support=1".to_owned()),
    ] {
        cases.push(knocks("refused", path).by(who).answers(403, Value::Null));
    }
    for path in ["/ws/", "/ws/chat/", "/ws/chat/1/2/", "/ws/house/"] {
        cases.push(knocks("no such path", path).by(&sarah).answers(404, Value::Null));
    }
    app.check(cases).await;
    let refused = app.ask(knocks("refused", "/ws/chat/nobody/").by(&sarah)).await;
    assert_eq!((refused.header("upgrade"), refused.header("sec-websocket-accept")), ("", ""));
    // Who is not of the staff is refused in the same words, whether somebody is there or not.
    let [there, nobody] = [house.id, 9999].map(|id| knocks("refused", format!("/ws/chat/{id}/?support=1")));
    assert_eq!(app.ask(there.by(&sarah)).await.body, app.ask(nobody.by(&sarah)).await.body);
});

on_both!(an_accepted_socket_is_the_one_that_was_asked_for, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.grant("house", AccountFlag::Staff(true));
    for (path, is_support) in [
        (format!("/ws/chat/{}/", house.id), false),
        (format!("/ws/chat/{}", house.id), false),
        (format!("/ws/chat/0{}/", house.id), false),
        ("/ws/chat/house/".to_owned(), false),
        ("/ws/chat/house".to_owned(), false),
        ("/ws/chat/house/?after_id=0&x=1".to_owned(), false),
        (format!("/ws/chat/{}/", sarah.id), true),
        (format!("/ws/chat/{}", sarah.id), true),
        (format!("/ws/chat/{}/?support=1", sarah.id), true),
        (format!("/ws/chat/{}/?support=0", house.id), false),
        (format!("/ws/chat/{}/?support=", house.id), false),
        (format!("/ws/chat/{}/?Support=1", house.id), false),
    ] {
        let mut socket = open(&app, &sarah, &path).await;
        socket.say_as(&path, &path).await;
        let frame = loop {
            let frame = socket.hears().await;
            if frame["message"] == path {
                break frame;
            }
        };
        assert_eq!(frame["event"] == "chat_message", is_support, "{path}: {frame}");
    }
    for path in ["/ws/chat/admin/", "/ws/chat/admin", "/ws/admin/", "/ws/admin"] {
        let mut socket = open(&app, &house, path).await;
        let waiting = socket.hears().await;
        assert_eq!(waiting["user_id"], sarah.id.to_string(), "{path}: {waiting}");
    }
    for path in [
        format!("/ws/chat/{}/?support=1", sarah.id),
        format!("/ws/chat/{}?support=1", sarah.id),
        "/ws/chat/sarah/?support=1".to_owned(),
    ] {
        let first = open(&app, &house, &path).await.hears().await;
        assert_eq!(json!([first["event"], first["id"]]), json!(["chat_message", 1]), "{path}: {first}");
    }
    for path in ["/ws/notifications/", "/ws/notifications"] {
        let frame = open(&app, &sarah, path).await.hears().await;
        assert_eq!(frame, json!({ "event": "unread_count", "unread_count": 0 }));
    }
});

on_both!(a_page_of_a_foreign_origin_opens_nothing, async |app: App| {
    let (sarah, _house) = (app.patient("sarah").await, app.doctor("house").await);
    let own = app.base.clone();
    let app = &app;
    let ask = async |origin: &str| {
        let path = format!("/ws/chat/house/?token={}", sarah.token);
        knock(&app.base, &path, &[("origin", origin)]).await.map(|_| 101).unwrap_or_else(|status| status)
    };
    for origin in ["http://localhost:5173", "http://127.0.0.1:3000", own.as_str()] {
        assert_eq!(ask(origin).await, 101, "{origin}");
    }
    let port = own.rsplit(':').next().unwrap();
    for origin in [
        "null".to_owned(),
        "http://evil.example.com".to_owned(),
        "http://localhost:5173.evil.com".to_owned(),
        "http://evil-localhost:5173".to_owned(),
        "https://localhost:5173".to_owned(),
        "http://localhost:51730".to_owned(),
        "http://localhost".to_owned(),
        format!("{own}.evil.com"),
        format!("http://evil.com/{own}"),
        format!("http://evil.com:{port}"),
        "http://127.0.0.1".to_owned(),
        "file://".to_owned(),
    ] {
        assert_eq!(ask(&origin).await, 403, "{origin}");
    }
    // A host that is not ours makes no origin ours.
    let rebound = knocks("rebound", "/ws/chat/house/").by(&sarah).header("Host", "evil.com");
    assert_eq!(app.ask(rebound.header("Origin", "http://evil.com")).await.status, 400);
    // A guest is a guest, whatever page it is.
    let guest = knocks("guest", "/ws/chat/house/").header("Origin", "http://evil.example.com");
    assert_eq!(app.ask(guest).await.status, 401);
});

on_both!(what_is_no_good_handshake_is_no_socket, async |app: App| {
    let (sarah, _house) = (app.patient("sarah").await, app.doctor("house").await);
    let with = |name: &str, key: &'static str, value: &str| {
        case(name).by(&sarah).get("/ws/chat/house/").header(key, value)
    };
    let mut cases = vec![
        case("no upgrade").by(&sarah).get("/ws/chat/house/").answers(426, Value::Null),
        case("no upgrade, a guest").get("/ws/chat/house/").answers(401, Value::Null),
        with("another upgrade", "Upgrade", "h2c").answers(426, Value::Null),
        with("no version", "Upgrade", "websocket").header("Connection", "Upgrade").answers(400, Value::Null),
        case("by POST")
            .by(&sarah)
            .post("/ws/chat/house/", Value::Null)
            .answers(405, detail("Method \"POST\" not allowed.")),
        case("a guest by POST").post("/ws/chat/house/", Value::Null).answers(401, detail(GUEST)),
    ];
    for after in ["x", "", "-1", "1.5", "99999999999999999999", "0x1", "null"] {
        let path = format!("/ws/chat/house/?after_id={after}");
        cases.push(knocks(after, path).by(&sarah).answers(400, Value::Null));
    }
    app.check(cases).await;
});

on_both!(nobody_has_a_name_that_means_something_else_in_a_path, async |app: App| {
    let body = |name: &str| json!({ "username": name, "email": "a@example.com", "password": PASSWORD });
    let taken = json!({ "username": ["A user with that username already exists."] });
    let sarah = app.patient("sarah").await;
    let register = |name: &str| case(name).post("/api/auth/register/", body(name));
    let rename = |name: &str| case(name).by(&sarah).patch("/api/auth/profile/", json!({ "username": name }));
    let mut cases = vec![];
    for name in ["admin", " admin ", "ａｄｍｉｎ", "12345", "１２３"] {
        cases.push(register(name).answers(400, taken.clone()));
        cases.push(rename(name).answers(400, taken.clone()));
    }
    cases.push(register("administrator").answers(201, Value::Null));
    app.check(cases).await;
});

on_both!(a_socket_path_without_an_upgrade_says_what_to_upgrade_to, async |app: App| {
    let sarah = app.patient("sarah").await;
    let said = app.ask(case("no upgrade").by(&sarah).get("/ws/notifications/")).await;
    assert_eq!(said.status, 426);
    assert_eq!(said.header("upgrade").to_ascii_lowercase(), "websocket", "RFC 9110, 15.5.22");
});

// A client that asks for a socket where there is none has sent no body that could be waited for.
on_both!(a_path_that_is_no_socket_answers_a_handshake_at_once, async |app: App| {
    let sarah = app.patient("sarah").await;
    let since = std::time::Instant::now();
    for (method, path, expected) in [
        ("GET", "/ws/nothing/", 404),
        ("GET", "/api/auth/profile/", 200),
        ("GET", "/api/chat/conversations/", 200),
        ("POST", "/ws/chat/sarah/", 405),
    ] {
        let asked = app.ask(knocks("no socket here", path).by(&sarah).to(method.parse().unwrap(), path));
        let said = timeout(Duration::from_secs(3), asked).await;
        let status = said.map(|said| said.status).unwrap_or_default();
        assert_eq!(status, expected, "{path} after {:?}", since.elapsed());
    }
});

// As Java's client does in the first request of every connection without TLS.
on_both!(an_offer_of_http_2_is_declined_and_the_connection_goes_on_or_says_that_it_ends, async |app: App| {
    let mut connection = TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    let ask = async |connection: &mut TcpStream, more: &str| {
        let request = format!("GET /health/live HTTP/1.1\r\nHost: localhost\r\n{more}\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![];
        while !answer.ends_with(b"{\"status\":\"ok\"}") {
            match timeout(PATIENCE, connection.read_u8()).await.unwrap() {
                Ok(byte) => answer.push(byte),
                Err(_) => break,
            }
        }
        String::from_utf8(answer).unwrap()
    };
    let first = ask(
        &mut connection,
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    )
    .await;
    assert!(first.starts_with("HTTP/1.1 200"), "{first}");
    if !first.contains("connection: close") {
        let second = ask(&mut connection, "").await;
        assert!(second.starts_with("HTTP/1.1 200"), "{first} and then: {second}");
    }
});
