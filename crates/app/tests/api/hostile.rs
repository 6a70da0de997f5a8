//! Input that nobody sends by accident: always a clear refusal, never a 500, nothing half-written.
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

const JSON: &str = "application/json";

/// Every write of the family, with a body that would be good but for what the test does to it.
fn writes() -> Vec<(Method, &'static str, Value)> {
    vec![
        (
            Method::POST,
            "/api/auth/register/",
            json!({ "username": "x", "email": "x@example.com", "password": "x" }),
        ),
        (Method::POST, "/api/auth/login/", json!({ "username": "sarah", "password": "secret" })),
        (Method::PATCH, "/api/auth/profile/", json!({ "first_name": "x" })),
        (
            Method::POST,
            "/api/diary/stats/",
            json!({ "body_part": 1, "pain_type": "burning", "intensity": 1, "description": "x" }),
        ),
        (Method::PATCH, "/api/diary/stats/", json!({ "stat_pk": 1, "intensity": 1 })),
        (Method::DELETE, "/api/diary/stats/", json!({ "stat_pk": 99 })),
        (Method::POST, "/api/diary/notes/", json!({ "title": "x", "body": "x" })),
        (Method::PATCH, "/api/diary/notes/", json!({ "note_pk": 1, "title": "x" })),
        (Method::DELETE, "/api/diary/notes/", json!({ "note_pk": 99 })),
        (Method::POST, "/api/diary/link_doc/", json!({ "doc_username": "x" })),
        (Method::DELETE, "/api/diary/link_doc/", json!({ "doc_username": "x" })),
        (Method::POST, "/api/diary/doc_respond/", json!({ "patient_id": 1, "action": "accept" })),
        (Method::DELETE, "/api/diary/doc_respond/", json!({ "patient_id": 1 })),
        (
            Method::POST,
            "/api/diary/prescription/?link_id=1",
            json!({ "link": 1, "prescription": "x", "details": "x" }),
        ),
        (Method::PATCH, "/api/diary/prescription/?prescription_id=1", json!({ "prescription": "x" })),
        (
            Method::POST,
            "/api/diary/diagnosis/?link_id=1",
            json!({ "link": 1, "diagnosis": "x", "details": "x" }),
        ),
        (Method::PATCH, "/api/diary/diagnosis/?diagnosis_id=2", json!({ "diagnosis": "x" })),
        (Method::PATCH, "/api/diary/notifications/", json!({ "notification_id": 1 })),
        (Method::DELETE, "/api/diary/notifications/", json!({ "notification_id": 99 })),
    ]
}

/// A doctor with a patient, a link, both entries, a record, a note and a notification: the ids above are theirs.
async fn furnished(app: &App) -> Person {
    let house = app.doctor("house").await;
    let sarah = app.patient("sarah").await;
    let link = app.link(&sarah, &house, "accepted").await;
    for word in ["prescription", "diagnosis"] {
        let body = json!({ "link": link, word: "rest" });
        app.ask(case(word).by(&house).post(format!("/api/diary/{word}/?link_id={link}"), body)).await;
    }
    let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
    app.ask(case("record").by(&house).post("/api/diary/stats/", record)).await;
    app.ask(case("note").by(&house).post("/api/diary/notes/", json!({ "title": "x" }))).await;
    house
}

fn is_clear_refusal(said: &Said) -> bool {
    (400..500).contains(&said.status) && said.body.is_object() && !said.body.as_object().unwrap().is_empty()
}

on_both!(broken_bodies_are_refused_in_the_familys_words, async |app: App| {
    let house = furnished(&app).await;
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let deep_object = r#"{"a":"#.repeat(5_000) + "1" + &"}".repeat(5_000);
    for (method, path, _) in writes() {
        for (name, body) in [
            ("broken", "{\"a\":".as_bytes()),
            ("no quotes", b"{a: 1}"),
            ("deep", deep.as_bytes()),
            ("deep object", deep_object.as_bytes()),
            ("not UTF-8", b"{\"username\": \"\xff\xfe\"}"),
            ("lone surrogate", br#"{"username": "\ud800"}"#),
            ("NaN", b"NaN"),
            ("two values", b"{} {}"),
        ] {
            let said = app.ask(case(name).by(&house).to(method.clone(), path).raw(JSON, body)).await;
            let words = said.body["detail"].as_str().unwrap_or_default();
            assert!(
                said.status == 400 && words.starts_with("JSON parse error - "),
                "{method} {path} {name}: {said:?}"
            );
        }
        for (body, sort) in [
            ("[]", "list"),
            ("7", "int"),
            ("\"x\"", "str"),
            ("true", "bool"),
            ("null", "NoneType"),
            ("1.5", "float"),
        ] {
            let said = app.ask(case(sort).by(&house).to(method.clone(), path).raw(JSON, body)).await;
            assert!(is_clear_refusal(&said), "{method} {path} {sort}: {said:?}");
        }
        for (content_type, body) in [
            ("multipart/form-data", "no boundary"),
            ("multipart/form-data; boundary=X", "no parts at all"),
            (
                "multipart/form-data; boundary=X",
                "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbroken off",
            ),
            ("text/xml", "<a/>"),
            ("application/octet-stream", "\u{0}"),
        ] {
            let said =
                app.ask(case(content_type).by(&house).to(method.clone(), path).raw(content_type, body)).await;
            assert!(is_clear_refusal(&said), "{method} {path} {content_type}: {said:?}");
        }
    }
});

on_both!(no_field_takes_nonsense_and_none_of_it_breaks_anything, async |app: App| {
    let house = furnished(&app).await;
    let nonsense = [
        json!(null),
        json!(true),
        json!([]),
        json!([1, 2]),
        json!({}),
        json!({ "$ne": null }),
        json!(""),
        json!(" "),
        json!("undefined"),
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{1b}[2J"),
        json!("'; drop table accounts; --"),
        json!("я".repeat(10_000)),
        json!("%"),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e308),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!("99999999999999999999999"),
        json!("1e5"),
        json!("+1"),
        json!("\u{202e}gnp"),
    ];
    for (method, path, good) in writes() {
        for field in good.as_object().unwrap().keys() {
            for value in &nonsense {
                let mut body = good.clone();
                body[field] = value.clone();
                let said = app.ask(case("x").by(&house).to(method.clone(), path).json(body)).await;
                assert!(said.status < 500, "{method} {path} {field}={value}: {said:?}");
            }
        }
    }
});

on_both!(no_query_takes_nonsense, async |app: App| {
    let house = furnished(&app).await;
    for (method, path, keys) in [
        (Method::GET, "/api/diary/stats/", vec!["patient_id"]),
        (Method::GET, "/api/diary/prescription/", vec!["link_id"]),
        (Method::POST, "/api/diary/prescription/", vec!["link_id"]),
        (Method::PATCH, "/api/diary/prescription/", vec!["prescription_id"]),
        (Method::DELETE, "/api/diary/prescription/", vec!["prescription_id"]),
        (Method::GET, "/api/diary/diagnosis/", vec!["link_id"]),
        (Method::DELETE, "/api/diary/diagnosis/", vec!["diagnosis_id"]),
    ] {
        for key in keys {
            for value in [
                "",
                "undefined",
                "null",
                "0",
                "-1",
                "1.0",
                "1e3",
                "0x1",
                "9223372036854775808",
                "%00",
                "%ff",
                "1%20OR%201=1",
                "١",
            ] {
                let said =
                    app.ask(case("q").by(&house).to(method.clone(), format!("{path}?{key}={value}"))).await;
                assert!(is_clear_refusal(&said), "{method} {path}?{key}={value}: {said:?}");
            }
            let twice = app
                .ask(case("twice").by(&house).to(method.clone(), format!("{path}?{key}=1&{key}=undefined")))
                .await;
            assert!(is_clear_refusal(&twice), "{twice:?}");
        }
    }
});

on_both!(what_is_too_large_is_refused_before_it_is_kept, async |app: App| {
    let sarah = app.patient("sarah").await;
    let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(300_000));
    let said = app.ask(case("body").by(&sarah).to(Method::POST, "/api/diary/notes/").raw(JSON, huge)).await;
    assert_eq!((said.status, said.body), (413, detail("The request body is larger than 262144 bytes.")));
    let said = app
        .ask(case("header").by(&sarah).header("X-Padding", "x".repeat(20_000)).get("/api/auth/profile/"))
        .await;
    assert_eq!((said.status, said.body), (431, detail("The request headers are larger than 16384 bytes.")));
    let said = app
        .ask(
            case("text")
                .by(&sarah)
                .post("/api/diary/notes/", json!({ "title": "x", "body": "я".repeat(20_001) })),
        )
        .await;
    assert_eq!(said.body, json!({ "body": ["Ensure this field has no more than 20000 characters."] }));
    app.check([case("nothing was kept").by(&sarah).get("/api/diary/notes/").answers(200, json!([]))]).await;
});

on_both!(text_comes_back_as_it_was_sent_on_both_databases, async |app: App| {
    let sarah = app.patient("sarah").await;
    for text in [
        "Боль — «жгучая» 😖",
        "e\u{301}",
        "\u{202e}x",
        "<script>alert(1)</script>",
        "line\r\nline\ttab",
        "' \" \\ %_",
        "\u{fffd}\u{10ffff}",
    ] {
        let said = app
            .ask(case(text).by(&sarah).post("/api/diary/notes/", json!({ "title": "t", "body": text })))
            .await;
        assert_eq!((said.status, said.body["body"].as_str()), (201, Some(text)));
        let listed = app.ask(case("list").by(&sarah).get("/api/diary/notes/")).await.body;
        assert_eq!(listed.as_array().unwrap().last().unwrap()["body"], text);
    }
});
