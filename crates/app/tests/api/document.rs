//! The API document and its pages: made from the code, true, and without any other host.
use crate::every_route::{document, example, operations, resolve, url_tables};
use serde_json::Value;
use std::collections::BTreeSet;
use testing::*;
use web::http::Access;

#[test]
fn every_operation_tells_its_refusals_and_has_an_example() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let public: BTreeSet<_> = url_tables()
        .into_iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut names = BTreeSet::new();
    for operation in operations() {
        let (route, documented) = (operation.to_string(), &operation.documented);
        assert_eq!(operation.public, public.contains(&route), "{route}: who is let in");
        assert!(names.insert(documented["operationId"].to_string()), "{route}: its id is taken");
        assert!(documented["summary"].is_string(), "{route} has no summary");
        let responses = documented["responses"].as_object().unwrap();
        let expected = if operation.public { "400" } else { "401" };
        assert!(responses.contains_key(expected), "{route} does not tell of {expected}");
        if operation.body.is_some() {
            let kinds: Vec<_> =
                documented["requestBody"]["content"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(
                kinds,
                ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
                "{route}"
            );
        }
        let shown = responses.iter().any(|(status, response)| {
            let no_body = status == "204";
            let content = &response["content"]["application/json"];
            status.starts_with('2') && (no_body || has_example(&document, content))
        });
        assert!(shown, "{route} shows no example of its answer");
    }
}

/// Its own, or one for each of its fields.
fn has_example(document: &Value, content: &Value) -> bool {
    if !example(document, content).is_null() {
        return true;
    }
    let schema = resolve(document, &content["schema"]);
    let schema = if schema["items"].is_object() { resolve(document, &schema["items"]) } else { schema };
    schema["properties"].as_object().is_some_and(|fields| {
        fields.values().any(|field| !field["example"].is_null() || !field["examples"].is_null())
    })
}

on_both!(the_pages_are_readable_and_load_nothing_from_elsewhere, async |app: App| {
    let json = app.ask(case("json").get("/api/schema/")).await;
    assert_eq!((json.status, &json.body), (200, &document()));
    assert_eq!(app.ask(case("json").get("/api/schema")).await.body, document());

    let page = app.ask(case("redoc").get("/api/schema/redoc/")).await;
    let html = page.body.as_str().unwrap();
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let swagger = app.ask(case("swagger").get("/api/schema/swagger-ui/")).await;
    let frame = swagger.body.as_str().unwrap();
    assert_eq!(swagger.status, 200);
    let start = app.ask(case("start").get("/api/schema/swagger-ui/swagger-initializer.js")).await;
    assert!(start.body.as_str().unwrap().contains("/api/schema/"), "{start:?}");
    for page in [html, frame] {
        for attribute in ["src=", "href="] {
            for quote in ['"', '\''] {
                for scheme in ["http", "//"] {
                    let outside = format!("{attribute}{quote}{scheme}");
                    assert!(!page.contains(&outside), "{outside}");
                }
            }
        }
    }
    for part in ["redoc/redoc.js", "swagger-ui/swagger-ui.css", "swagger-ui/swagger-ui-bundle.js"] {
        let said = app.ask(case(part).get(format!("/api/schema/{part}"))).await;
        assert_eq!(said.status, 200, "{part}");
        assert!(said.header("content-security-policy").contains("script-src 'self'"));
    }
    app.check([case("no such part").get("/api/schema/swagger-ui/../secret.key").answers(404, Value::Null)])
        .await;
});
