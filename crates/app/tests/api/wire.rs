//! What every call shares: paths, bodies, tokens, methods, headers. Here are the exact words of single calls; what is true
//! of every route is in `every_route/`.
use domain::identity::AccountFlag;
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

const PROFILE: &str = "/api/auth/profile/";
const STATS: &str = "/api/diary/stats/";

on_both!(a_path_that_nobody_has_is_not_found, async |app: App| {
    app.check([
        case("unknown").get("/api/diary/nothing/").answers(404, detail("Not found.")),
        case("no such id").get("/api/diary/stats/abc/").answers(404, detail("Not found.")),
        case("root").get("/").answers(404, detail("Not found.")),
    ])
    .await;
});

on_both!(a_token_is_read_as_the_contract_says, async |app: App| {
    let (sarah, gone) = (app.patient("sarah").await, app.patient("gone").await);
    let with = |header: &str| case(header).authorization(header).get(PROFILE);
    app.check([
        case("no header").get(PROFILE).answers(401, detail(GUEST)),
        with("Bearer abc").answers(401, detail(GUEST)),
        with("Basic abc").answers(401, detail(GUEST)),
        with("Token").answers(401, detail("Invalid token header. No credentials provided.")),
        with("Token a b")
            .answers(401, detail("Invalid token header. Token string should not contain spaces.")),
        with("Token токен").answers(
            401,
            detail("Invalid token header. Token string should not contain invalid characters."),
        ),
        with("Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b").answers(401, detail("Invalid token.")),
        with(&format!("tOkEn {}", sarah.token)).answers(200, Value::Null),
        case("a wrong one counts at open doors too")
            .authorization("Token wrong")
            .post("/api/auth/login/", json!({ "username": "sarah", "password": PASSWORD }))
            .answers(401, detail("Invalid token.")),
        case("another scheme does not")
            .authorization("Bearer wrong")
            .post("/api/auth/login/", json!({ "username": "sarah", "password": PASSWORD }))
            .answers(200, Value::Null),
    ])
    .await;
    assert_eq!(app.ask(case("guest").get(PROFILE)).await.header("www-authenticate"), "Token");
    let wrong = json!({ "username": "sarah", "password": "wrong" });
    let failed = app.ask(case("a failed login").post("/api/auth/login/", wrong)).await;
    assert_eq!((failed.status, failed.header("www-authenticate")), (400, ""));
    app.grant("gone", AccountFlag::Active(false));
    let inactive = detail("User inactive or deleted.");
    app.check([case("gone").by(&gone).get(PROFILE).answers(401, inactive)]).await;
    app.grant("gone", AccountFlag::Active(true));
    app.check([case("back").by(&gone).get(PROFILE).answers(200, Value::Null)]).await;
});

on_both!(a_body_comes_in_three_forms_on_every_method, async |app: App| {
    let sarah = app.patient("sarah").await;
    let fields = [
        ("body_part", "25"),
        ("pain_type", "burning"),
        ("intensity", "7"),
        ("tookPrescription", "on"),
        ("description", ""),
    ];
    let multipart = |fields: &[(&str, &str)]| {
        let part = |(name, value): &(&str, &str)| {
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        fields.iter().map(part).collect::<String>() + "--X--\r\n"
    };
    let kind = "multipart/form-data; boundary=X";
    let mut ids = vec![];
    for request in [
        case("form").by(&sarah).to(Method::POST, STATS).form(&fields),
        case("multipart").by(&sarah).to(Method::POST, STATS).raw(kind, multipart(&fields)),
        case("json").by(&sarah).to(Method::POST, STATS).raw(
            "application/json; charset=utf-8",
            r#"{"body_part":25,"pain_type":"burning","intensity":7,"tookPrescription":true}"#,
        ),
    ] {
        let said = app.ask(request).await;
        assert_eq!(
            (said.status, &said.body["tookPrescription"], &said.body["intensity"]),
            (201, &json!(true), &json!(7)),
            "{said:?}"
        );
        ids.push(said.body["id"].to_string());
    }
    app.check([
        case("form").by(&sarah).to(Method::PATCH, STATS).form(&[("stat_pk", &ids[0]), ("intensity", "1")]).answers(200, Value::Null),
        case("form").by(&sarah).to(Method::DELETE, STATS).form(&[("stat_pk", &ids[0])]).answers(204, json!("")),
        case("multipart").by(&sarah).to(Method::DELETE, STATS).raw(kind, multipart(&[("stat_pk", &ids[1])])).answers(204, json!("")),
        case("the last of a repeated key").by(&sarah).to(Method::DELETE, STATS).form(&[("stat_pk", "9999"), ("stat_pk", &ids[2])]).answers(204, json!("")),
        case("a file is no text").by(&sarah).to(Method::POST, "/api/diary/notes/")
            .raw(kind, "--X\r\nContent-Disposition: form-data; name=\"title\"; filename=\"a.txt\"\r\n\r\nhello\r\n--X--\r\n")
            .answers(400, json!({ "title": ["Not a valid string."] })),
        case("a form left blank").by(&sarah).to(Method::PATCH, PROFILE).form(&[("first_name", ""), ("sex", "")]).answers(200, Value::Null),
        case("a null blank date in a registration form").to(Method::POST, "/api/auth/register/")
            .form(&[("username", "kyle"), ("email", "kyle@example.com"), ("password", PASSWORD), ("date_of_birth", ""), ("sex", "")])
            .answers(201, Value::Null),
    ])
    .await;
});

on_both!(a_client_that_accepts_more_than_json_gets_json, async |app: App| {
    let sarah = app.patient("sarah").await;
    let accepts = |accept: &str| case(accept).by(&sarah).header("Accept", accept).get(PROFILE);
    app.check([
        accepts("text/html,application/xhtml+xml").answers(200, Value::Null),
        accepts("application/json, text/plain, */*").answers(200, Value::Null),
        case("format").by(&sarah).get("/api/auth/profile/?format=json").answers(200, Value::Null),
    ])
    .await;
});

on_both!(browsers_on_the_clients_origins_are_served_errors_included, async |app: App| {
    let from = |origin: &str| case(origin).header("Origin", origin);
    for origin in ["http://localhost:5173", "http://127.0.0.1:5174", "http://localhost:3000"] {
        for said in [app.ask(from(origin).get(PROFILE)).await, app.ask(from(origin).get("/nowhere")).await] {
            assert_eq!(said.header("access-control-allow-origin"), origin, "{said:?}");
        }
        let preflight = from(origin)
            .header("Access-Control-Request-Method", "PATCH")
            .header("Access-Control-Request-Headers", "authorization,content-type")
            .to(Method::OPTIONS, PROFILE);
        let said = app.ask(preflight).await;
        assert_eq!((said.status, said.header("access-control-max-age")), (200, "86400"), "{said:?}");
        for method in ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"] {
            assert!(said.header("access-control-allow-methods").contains(method));
        }
    }
    for origin in
        ["http://evil.example", "null", "http://localhost:5173.evil.example", "http://LOCALHOST:5173"]
    {
        let said = app.ask(from(origin).get(PROFILE)).await;
        assert_eq!(said.header("access-control-allow-origin"), "", "{origin}");
    }
});

on_both!(every_answer_carries_the_security_headers, async |app: App| {
    let sarah = app.patient("sarah").await;
    for request in [
        case("ok").by(&sarah).get(PROFILE),
        case("refused").get(PROFILE),
        case("unknown").get("/nowhere"),
        case("bad host").header("Host", "evil.example").get(PROFILE),
        case("live").get("/health/live"),
    ] {
        let said = app.ask(request).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(said.header(name), value, "{said:?}");
        }
        assert!(said.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(said.header("x-request-id").len(), 36);
        assert!(said.headers.get("server").is_none() && said.headers.get("set-cookie").is_none());
    }
});

on_both!(only_our_own_hosts_are_answered_for, async |app: App| {
    let host = |host: &str| case(host).header("Host", host).get(PROFILE);
    let refused = detail("Invalid Host header.");
    app.check([
        host("evil.example").answers(400, refused.clone()),
        host("localhost.evil.example").answers(400, refused.clone()),
        // A host in front of something else: answers would repeat it in addresses.
        host("localhost:80@evil.example").answers(400, refused.clone()),
        host("[::1]evil.example").answers(400, refused.clone()),
        host("127.0.0.1:18866/evil").answers(400, refused),
        host("localhost:1234").answers(401, Value::Null),
        case("probe")
            .header("Host", "10.1.2.3:8000")
            .get("/health/ready")
            .answers(200, json!({ "status": "ready" })),
        case("forwarded hosts mean nothing")
            .header("X-Forwarded-Host", "evil.example")
            .get(PROFILE)
            .answers(401, Value::Null),
    ])
    .await;
});
