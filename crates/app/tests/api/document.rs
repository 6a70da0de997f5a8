//! The API document and its pages: made from the code, true, and without any other host.
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testing::*;

fn document() -> Value {
    serde_json::to_value(web::schema::document()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter()
            .map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    };
    paths.flat_map(each).collect()
}

fn table() -> impl Iterator<Item = web::http::Route> {
    web::painaway::table().into_iter().chain(web::ptsd::table())
}

#[test]
fn the_document_has_every_route_and_no_other() {
    let routes = table().map(|route| format!("{} {}", route.method, route.path));
    let documented = operations(&document()).into_iter().map(|(route, _)| route);
    assert_eq!(documented.collect::<BTreeSet<_>>(), routes.collect::<BTreeSet<_>>());
}

#[test]
fn every_operation_tells_its_refusals_and_has_an_example() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let open: Vec<_> = table().filter(|r| r.open).map(|r| format!("{} {}", r.method, r.path)).collect();
    let mut names = BTreeSet::new();
    for (route, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].to_string()), "{route}: its id is taken");
        assert!(operation["summary"].is_string(), "{route} has no summary");
        let responses = operation["responses"].as_object().unwrap();
        let expected = if open.contains(&route) { "400" } else { "401" };
        assert!(responses.contains_key(expected), "{route} does not tell of {expected}");
        if let Some(body) = operation.get("requestBody") {
            let kinds: Vec<_> = body["content"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(
                kinds,
                ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
                "{route}"
            );
            assert!(
                example(&document, &body["content"]["application/json"]).is_object(),
                "{route} has no example"
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

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(pointer) => document.pointer(pointer.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

fn example(document: &Value, content: &Value) -> Value {
    if !content["example"].is_null() {
        return content["example"].clone();
    }
    resolve(document, &content["schema"])["example"].clone()
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

on_both!(every_documented_body_is_accepted_as_it_stands, async |app: App| {
    let document = document();
    for (route, operation) in operations(&document) {
        let Some(body) = operation.get("requestBody") else { continue };
        let example = example(&document, &body["content"]["application/json"]);
        // A world in which the ids of the examples exist: people 7 (a patient) and house (a doctor), everything else 1.
        let fresh = App::start(app.backend(), |_| {});
        let story = Story::tell(&fresh, &route).await;
        let (method, path) = route.split_once(' ').unwrap();
        let asked = case(&route).to(method.parse().unwrap(), format!("{path}{}", story.query)).json(example);
        let asked = match &story.caller {
            Some(person) => asked.by(person),
            None => asked,
        };
        let said = fresh.ask(asked).await;
        assert!((200..300).contains(&said.status), "{route}: {said:?}");
    }
});

struct Story {
    caller: Option<Person>,
    query: &'static str,
}

impl Story {
    async fn tell(app: &App, route: &str) -> Self {
        let house = app.doctor("house").await;
        for name in ["b", "c", "d", "e", "f"] {
            app.patient(name).await;
        }
        if route.ends_with("register/") {
            return Self { caller: None, query: "" };
        }
        let registration =
            json!({ "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984" });
        let said = app.ask(case("sarah").post("/api/auth/register/", registration)).await.body;
        let token = said["token"].as_str().unwrap().to_owned();
        let sarah = Person { id: said["user"]["id"].as_i64().unwrap(), username: "sarah".into(), token };
        assert_eq!(sarah.id, 7);
        if route == "POST /api/diary/link_doc/" {
            return Self { caller: Some(sarah), query: "" };
        }
        let accepted = if route.contains("doc_respond") { "pending" } else { "accepted" };
        assert_eq!(app.link(&sarah, &house, accepted).await, 1);
        let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
        app.ask(case("record").by(&sarah).post("/api/diary/stats/", record)).await;
        app.ask(case("note").by(&sarah).post("/api/diary/notes/", json!({ "title": "x" }))).await;
        let entry = if route.contains("diagnosis") { "diagnosis" } else { "prescription" };
        let (by_house, query) = match route {
            "POST /api/diary/prescription/" | "POST /api/diary/diagnosis/" => (true, "?link_id=1"),
            "PATCH /api/diary/prescription/" | "PATCH /api/diary/diagnosis/" => {
                let body = json!({ "link": 1, entry: "x" });
                app.ask(case("entry").by(&house).post(format!("/api/diary/{entry}/?link_id=1"), body)).await;
                (true, if entry == "diagnosis" { "?diagnosis_id=1" } else { "?prescription_id=1" })
            }
            // The first notification rang at the doctor.
            _ => (route.contains("doc_respond") || route.contains("notifications"), ""),
        };
        Self { caller: Some(if by_house { house } else { sarah }), query }
    }
}

on_both!(the_pages_are_readable_and_load_nothing_from_elsewhere, async |app: App| {
    let json = app.ask(case("json").get("/api/schema/")).await;
    assert_eq!((json.status, &json.body), (200, &document()));
    assert_eq!(app.ask(case("json").get("/api/schema")).await.body, document());

    let page = app.ask(case("redoc").get("/api/schema/redoc/")).await;
    let html = page.body.as_str().unwrap();
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for (route, operation) in operations(&document()) {
        let anchor = format!("id=\"{}\"", operation["operationId"].as_str().unwrap());
        assert_eq!(html.matches(&anchor).count(), 1, "{route}");
    }
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
    for part in [
        "redoc/reference.css",
        "redoc/reference.js",
        "swagger-ui/swagger-ui.css",
        "swagger-ui/swagger-ui-bundle.js",
    ] {
        let said = app.ask(case(part).get(format!("/api/schema/{part}"))).await;
        assert_eq!(said.status, 200, "{part}");
        assert!(said.header("content-security-policy").contains("script-src 'self'"));
    }
    app.check([case("no such part").get("/api/schema/swagger-ui/../secret.key").answers(404, Value::Null)])
        .await;
});
