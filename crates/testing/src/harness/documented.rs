//! Each answer that a test hears is held against the API document: the document must tell of its status, and of the words of
//! a refusal that is about who or what (403, 404, 409). A family's words for fields are tested by their own tables.
use crate::Said;
use app::house::FAMILIES;
use reqwest::Method;
use serde_json::Value;
use std::sync::OnceLock;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(web::schema::document(&FAMILIES)).unwrap())
}

/// # Panics
/// When the document has the operation, but not this answer.
pub(crate) fn expect_documented(method: &Method, path: &str, said: &Said) {
    let Some(operation) = operation(method, path) else { return };
    let response = &operation["responses"][said.status.to_string()];
    assert!(response.is_object(), "the document does not tell of this answer to {method} {path}: {said:?}");
    if matches!(said.status, 403 | 404 | 409) {
        let examples = response["content"]["application/json"]["examples"].as_object();
        let told = examples.is_some_and(|all| all.values().any(|example| example["value"] == said.body));
        assert!(told, "the document words this answer to {method} {path} otherwise: {said:?}\n{response:#}");
    }
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next()?.trim_end_matches('/');
    let paths = document()["paths"].as_object()?;
    let fits = |template: &str| {
        let (mut wanted, mut given) = (template.trim_end_matches('/').split('/'), path.split('/'));
        let same = wanted.by_ref().zip(given.by_ref()).all(|(wanted, given)| wanted == given || wanted.starts_with('{'));
        same && template.trim_end_matches('/').split('/').count() == path.split('/').count()
    };
    let fixed_first = |(template, _): &(&String, &Value)| template.contains('{');
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
    found.sort_by_key(fixed_first);
    found.first().map(|(_, item)| &item[method.as_str().to_lowercase()]).filter(|operation| operation.is_object())
}
