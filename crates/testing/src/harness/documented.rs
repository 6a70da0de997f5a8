//! Each answer that a test hears is held against the API document: the document must tell of its status, and of the words of
//! a refusal that is about who or what (403, 404, 409). A family's words for fields are tested by their own tables.
use crate::Said;
use app::application::api_document;
use reqwest::Method;
use serde_json::Value;
use std::sync::OnceLock;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(api_document(None)).unwrap())
}

/// By what stands around all routes.
const REFUSED_BEFORE_ANY_ROUTE: [&str; 2] = ["Invalid Host header.", "The request headers are larger"];

/// # Panics
/// When the document has the operation, but not this answer.
pub(crate) fn expect_documented(method: &Method, path: &str, said: &Said) {
    let Some(operation) = operation(method, path) else { return };
    if REFUSED_BEFORE_ANY_ROUTE
        .iter()
        .any(|words| said.body["detail"].as_str().is_some_and(|said| said.starts_with(words)))
    {
        return;
    }
    let response = &operation["responses"][said.status.to_string()];
    assert!(response.is_object(), "the document does not tell of this answer to {method} {path}: {said:?}");
    if matches!(said.status, 403 | 404 | 409) {
        let examples = response["content"]["application/json"]["examples"].as_object();
        let told = examples.is_some_and(|all| all.values().any(|example| example["value"] == said.body));
        assert!(told, "the document words this answer to {method} {path} otherwise: {said:?}\n{response:#}");
    }
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let asked: Vec<_> = segments(path.split('?').next()?).collect();
    let paths = document()["paths"].as_object()?;
    let fits = |template: &str| {
        let template: Vec<_> = segments(template).collect();
        let fits = |(wanted, asked): (&&str, &&str)| {
            wanted == asked || (wanted.starts_with('{') && !asked.is_empty())
        };
        template.len() == asked.len() && template.iter().zip(&asked).all(fits)
    };
    let fixed_first = |(template, _): &(&String, &Value)| template.contains('{');
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
    found.sort_by_key(fixed_first);
    found
        .first()
        .map(|(_, item)| &item[method.as_str().to_lowercase()])
        .filter(|operation| operation.is_object())
}

/// Without the one slash that may end a path.
fn segments(path: &str) -> std::str::Split<'_, char> {
    path.strip_suffix('/').unwrap_or(path).split('/')
}
