//! The API document and its pages: made from the code, true, and without any other host.
use crate::every_route::{document, example, operations, resolve, url_tables};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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
        let (summary, about) = (&documented["summary"], &documented["description"]);
        let is_short = summary.as_str().is_some_and(|text| text.len() <= 50 && !text.contains(['.', '\n']));
        assert!(is_short && about.is_string(), "{route}: {summary} {about}");
        let responses = documented["responses"].as_object().unwrap();
        let expected = if operation.public { "400" } else { "401" };
        assert!(responses.contains_key(expected), "{route} does not tell of {expected}");
        if operation.body.is_some() {
            // Generators make of several media types several types for one body.
            let kinds: Vec<_> =
                documented["requestBody"]["content"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(kinds, ["application/json"], "{route}");
            let schema =
                resolve(&document, &documented["requestBody"]["content"]["application/json"]["schema"]);
            let nothing_required = schema["required"].as_array().is_none_or(Vec::is_empty);
            let may_be_left_out = documented["requestBody"]["required"] != true;
            // The old PTSD app adds a contact by PATCH.
            let is_change = operation.method == "PATCH" && !responses.contains_key("201");
            assert!(!is_change || nothing_required && may_be_left_out, "{route}: {schema}");
        }
        let shown = responses.iter().any(|(status, response)| {
            let no_body = status == "204";
            let content = &response["content"]["application/json"];
            status.starts_with('2') && (no_body || has_example(&document, content))
        });
        assert!(shown, "{route} shows no example of its answer");
    }
}

#[test]
fn no_two_families_give_one_name_to_two_schemas() {
    let mut known = BTreeMap::new();
    for route in url_tables() {
        let document = serde_json::to_value((route.document)()).unwrap();
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(first, schema, "{name} of {} {}", route.method, route.path);
        }
    }
    assert!(known.len() > 20, "{known:?}");
}

#[test]
fn a_generator_finds_what_it_needs() {
    let document = document();
    assert!(document["info"].get("license").is_none());
    let servers = |public_url| {
        let document = serde_json::to_value(app::application::api_document(public_url)).unwrap();
        document["servers"].as_array().unwrap().iter().map(|server| server["url"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(servers(None), ["/"]);
    assert_eq!(servers(Some("https://care.example.com")), ["https://care.example.com", "/"]);
    let tags = document["tags"].as_array().unwrap();
    assert!(tags.iter().any(|tag| tag["name"] == "Websockets"), "{tags:?}");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(!schemas.contains_key("Response"), "a type of every generated client has that name");
    for (name, words) in [
        ("PainType", &["burning", "stabbing", "cutting", "throbbing"][..]),
        ("LinkStatus", &["pending", "accepted", "rejected"]),
        ("Answer", &["accept", "reject"]),
        ("Sex", &["M", "F", ""]),
        ("Group", &["Doctor", "Patient"]),
    ] {
        assert_eq!(schemas[name]["enum"], serde_json::json!(words), "{name}");
    }
    // What an answer always has is required, be it null.
    for (name, nullable) in [("User", "sex"), ("User", "date_of_birth"), ("Link", "prescription")] {
        let required = schemas[name]["required"].as_array().unwrap();
        assert!(required.iter().any(|key| key == nullable), "{name}.{nullable}");
    }
    // One fact, one format.
    let formats = |key: &str| -> BTreeSet<_> {
        let properties = schemas.values().filter_map(|schema| schema["properties"][key].as_object());
        properties.map(|property| property["format"].to_string()).collect()
    };
    for key in ["id", "stat_pk", "intensity", "body_part", "link", "date_of_birth"] {
        assert_eq!(formats(key).len(), 1, "{key}: {:?}", formats(key));
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

on_both!(a_browser_is_told_what_this_server_is_and_a_client_that_nothing_is_there, async |app: App| {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let front = app.ask(case("browser").header("Accept", browser).get("/")).await;
    let html = front.body.as_str().unwrap();
    assert_eq!((front.status, front.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(
        html.contains(env!("CARGO_PKG_VERSION")) && !html.contains("<script") && !html.contains("http"),
        "{html}"
    );
    let policy = front.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    for link in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(app.ask(case(link).get(link)).await.status, 200, "{link}");
    }
    for path in ["/admin", "/admin/"] {
        let lead = app.ask(case("admin").header("Accept", browser).get(path)).await;
        // The test's client follows.
        assert_eq!((lead.status, lead.body.as_str()), (200, Some(html)), "{path}");
    }
    let nothing = detail("Not found.");
    for path in ["/", "/admin", "/admin/"] {
        app.check([
            case("no header").get(path).answers(404, nothing.clone()),
            case("anything").header("Accept", "*/*").get(path).answers(404, nothing.clone()),
            case("json").header("Accept", "application/json").get(path).answers(404, nothing.clone()),
            case("any text").header("Accept", "text/*").get(path).answers(404, nothing.clone()),
            case("html last").header("Accept", "*/*, text/html;q=0").get(path).answers(404, nothing.clone()),
            case("another method")
                .header("Accept", browser)
                .post(path, Value::Null)
                .answers(404, nothing.clone()),
        ])
        .await;
    }
});
