//! Bodies that cannot be read are refused, clearly and before they change anything.
use super::{Operation, World, is_clear_refusal, operations};
use testing::*;

const JSON: &str = "application/json";
/// The largest body that is read, in bytes.
const LIMIT: usize = 262_144;

fn with_bodies() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| operation.body.is_some())
}

on_both!(broken_json_is_refused_in_the_familys_words, async |app: App| {
    let world = World::full(&app).await;
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let deep_object = r#"{"a":"#.repeat(5_000) + "1" + &"}".repeat(5_000);
    for operation in with_bodies() {
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
            let said = app.ask(world.request(&operation).raw(JSON, body)).await;
            let words = said.body["detail"].as_str().unwrap_or_default();
            assert!(
                said.status == 400 && words.starts_with("JSON parse error - "),
                "{operation} {name}: {said:?}"
            );
        }
    }
});

on_both!(json_that_is_no_object_is_refused, async |app: App| {
    let world = World::full(&app).await;
    for operation in with_bodies() {
        for body in ["[]", "7", "\"x\"", "true", "null", "1.5"] {
            let said = app.ask(world.request(&operation).raw(JSON, body)).await;
            assert!(is_clear_refusal(&said), "{operation} {body}: {said:?}");
        }
    }
});

on_both!(a_form_that_cannot_be_read_is_refused, async |app: App| {
    let world = World::full(&app).await;
    for operation in with_bodies() {
        for (content_type, body) in [
            ("multipart/form-data", "no boundary"),
            ("multipart/form-data; boundary=X", "no parts at all"),
            (
                "multipart/form-data; boundary=X",
                "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbroken off",
            ),
        ] {
            let said = app.ask(world.request(&operation).raw(content_type, body)).await;
            assert!(is_clear_refusal(&said), "{operation} {content_type}: {said:?}");
        }
    }
});

on_both!(a_media_type_that_is_neither_json_nor_a_form_is_415, async |app: App| {
    let world = World::full(&app).await;
    for operation in with_bodies() {
        for (content_type, body) in
            [("text/plain", "hello"), ("text/xml", "<a/>"), ("application/octet-stream", "\u{0}")]
        {
            let asked = world.request(&operation).raw(content_type, body);
            let said = app.ask(asked.clone()).await;
            let refused = (415, detail(&format!("Unsupported media type \"{content_type}\" in request.")));
            assert_eq!((said.status, said.body), refused, "{operation}");
            let guest = if operation.public { refused } else { (401, detail(GUEST)) };
            let said = app.ask(asked.by_guest()).await;
            assert_eq!((said.status, said.body), guest, "{operation} by a guest");
        }
    }
});

on_both!(an_encoded_body_is_415_and_never_taken_for_its_text, async |app: App| {
    let world = World::full(&app).await;
    for operation in with_bodies() {
        let example = operation.body.as_ref().unwrap().example.to_string();
        for encoding in ["gzip", "br", "identity, gzip", "deflate"] {
            let asked = world.request(&operation).raw(JSON, example.as_bytes());
            let said = app.ask(asked.header("Content-Encoding", encoding)).await;
            let words = format!("Unsupported content encoding \"{encoding}\" in request.");
            assert_eq!((said.status, said.body), (415, detail(&words)), "{operation}");
        }
    }
});

on_both!(a_body_that_is_too_large_is_413, async |app: App| {
    let world = World::full(&app).await;
    for operation in with_bodies() {
        let huge = format!("{{\"x\": \"{}\"}}", "x".repeat(LIMIT));
        let said = app.ask(world.request(&operation).raw(JSON, huge)).await;
        let words = format!("The request body is larger than {LIMIT} bytes.");
        assert_eq!((said.status, said.body), (413, detail(&words)), "{operation}");
    }
});
