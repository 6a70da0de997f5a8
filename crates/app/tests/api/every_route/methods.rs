//! Methods that a path has not, and its form without the final slash.
use super::{Operation, World, is_clear_refusal, operations, url_tables};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use testing::*;

/// In the order in which `Allow` lists them.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

fn by_path() -> impl Iterator<Item = Vec<Operation>> {
    let mut paths: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for operation in operations() {
        paths.entry(operation.path.clone()).or_default().push(operation);
    }
    paths.into_values()
}

fn has(path: &[Operation], method: &Method) -> bool {
    path.iter().any(|operation| operation.method == method)
}

/// Where there is `GET`, unless that changes something.
fn has_head(path: &[Operation]) -> bool {
    url_tables().iter().any(|route| route.path == path[0].path && route.has_head())
}

fn allowed(path: &[Operation]) -> String {
    let documented = METHODS.iter().filter(|method| has(path, method)).map(Method::as_str);
    let head = has_head(path).then_some("HEAD");
    documented.chain(head).chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
}

/// What the path has not.
fn undocumented(path: &[Operation]) -> impl Iterator<Item = Method> {
    let head = (!has_head(path)).then_some(Method::HEAD);
    METHODS.into_iter().filter(|method| !has(path, method)).chain(head)
}

on_both!(a_method_that_is_not_documented_is_refused_with_those_that_are, async |app: App| {
    let world = World::full(&app).await;
    for path in by_path() {
        for method in undocumented(&path) {
            let body = |words: &str| if method == Method::HEAD { json!("") } else { detail(words) };
            let asked = world.request(&path[0]).method(method.clone());
            let (public, allowed) = (path[0].public, allowed(&path));
            let refused = (405, allowed.as_str(), body(&format!("Method \"{method}\" not allowed.")));
            // A caller who is not let in learns nothing of the path.
            let guest = if public { refused.clone() } else { (401, "", body(GUEST)) };
            for (asked, expected) in [
                (asked.clone().by_guest(), guest),
                (asked.clone().authorization("Token x"), (401, "", body("Invalid token."))),
                (asked, refused),
            ] {
                let name = asked.to_string();
                let said = app.ask(asked).await;
                assert_eq!(
                    (said.status, said.header("allow"), said.body.clone()),
                    expected,
                    "{method} {name}"
                );
            }
        }
    }
});

on_both!(a_refusal_is_the_same_with_and_without_the_final_slash, async |app: App| {
    let world = World::full(&app).await;
    for path in by_path() {
        let absent = undocumented(&path).next().unwrap();
        let of_guests = path.iter().map(|operation| world.request(operation).by_guest());
        for asked in of_guests.chain([world.request(&path[0]).method(absent)]) {
            let name = asked.to_string();
            let (with, without) = (app.ask(asked.clone()).await, app.ask(asked.without_slash()).await);
            assert!(is_clear_refusal(&with) && with.status != 404, "{name}: {with:?}");
            assert_eq!((with.status, &with.body), (without.status, &without.body), "{name}");
            for header in ["allow", "www-authenticate", "content-type"] {
                assert_eq!(with.header(header), without.header(header), "{name}");
            }
        }
    }
});

on_both!(head_is_answered_where_get_is_and_options_tells_what_a_path_is, async |app: App| {
    let world = World::full(&app).await;
    for path in by_path() {
        let about = world.request(&path[0]).method(Method::OPTIONS);
        for (asked, let_in) in [(about.clone(), true), (about.by_guest(), path[0].public)] {
            let said = app.ask(asked).await;
            if let_in {
                let keys: Vec<_> = said.body.as_object().unwrap().keys().collect();
                assert_eq!(said.status, 200, "{}: {said:?}", path[0]);
                assert_eq!(keys, ["name", "description", "renders", "parses"], "{}", path[0]);
            } else {
                assert_eq!((said.status, said.body), (401, detail(GUEST)), "{}", path[0]);
            }
        }
        let Some(get) = path.iter().find(|operation| operation.method == Method::GET && has_head(&path))
        else {
            continue;
        };
        let head = app.ask(world.request(get).method(Method::HEAD)).await;
        let told = (head.status, head.header("content-type"), &head.body);
        assert_eq!(told, (200, "application/json", &json!("")), "{get}");
        let guest = app.ask(world.request(get).method(Method::HEAD).by_guest()).await;
        assert_eq!((guest.status, guest.body), (401, json!("")), "{get}");
    }
});
