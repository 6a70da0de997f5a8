//! Input that nobody sends by accident, and what is kept of it. What every route refuses is in `every_route/`.
use reqwest::Method;
use serde_json::json;
use testing::*;

const JSON: &str = "application/json";

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
