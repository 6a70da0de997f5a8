//! The operations of the API document.
use app::application::{FAMILIES, api_document};
use reqwest::Method;
use serde_json::Value;
use std::fmt;
use web::http::Route;

pub struct Operation {
    pub method: Method,
    /// With its gaps.
    pub path: String,
    /// Whether a caller without a token is let in.
    pub public: bool,
    pub path_parameters: Vec<Parameter>,
    pub query_parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// As it stands in the document.
    pub documented: Value,
}

pub struct Parameter {
    pub name: String,
    pub required: bool,
    /// Null where none is documented.
    pub example: Value,
}

pub struct Body {
    pub example: Value,
    /// Every field, also those that the example leaves out.
    pub fields: Vec<String>,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

pub fn document() -> Value {
    serde_json::to_value(api_document(None)).unwrap()
}

/// The URL tables of all families.
pub fn url_tables() -> Vec<Route> {
    FAMILIES.iter().flat_map(|table| table.routes()).collect()
}

/// All of the document. It has some, and whatever a request needs has an example.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let mut all = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, documented) in item.as_object().unwrap() {
            all.push(Operation::read(&document, method, path, documented));
        }
    }
    assert!(!all.is_empty(), "the document lists no operation");
    all
}

impl Operation {
    fn read(document: &Value, method: &str, path: &str, documented: &Value) -> Self {
        let public = documented["security"].as_array().is_some_and(Vec::is_empty);
        let operation = Self {
            method: method.to_uppercase().parse().unwrap(),
            path: path.to_owned(),
            public,
            path_parameters: parameters(documented, "path"),
            query_parameters: parameters(documented, "query"),
            body: documented.get("requestBody").map(|body| Body::read(document, body)),
            documented: documented.clone(),
        };
        let unfilled = operation.path_parameters.iter().find(|parameter| parameter.example.is_null());
        assert!(unfilled.is_none(), "{operation}: a part of its path has no example");
        let body = operation.body.as_ref();
        assert!(body.is_none_or(|body| body.example.is_object()), "{operation}: its body has no example");
        operation
    }
}

fn parameters(documented: &Value, place: &str) -> Vec<Parameter> {
    let all = documented["parameters"].as_array().into_iter().flatten();
    let here = all.filter(|parameter| parameter["in"] == place);
    here.map(|parameter| Parameter {
        name: parameter["name"].as_str().unwrap().to_owned(),
        required: parameter["required"] == true,
        example: parameter["example"].clone(),
    })
    .collect()
}

impl Body {
    fn read(document: &Value, body: &Value) -> Self {
        let content = &body["content"]["application/json"];
        let fields = resolve(document, &content["schema"])["properties"].as_object();
        Self {
            example: example(document, content),
            fields: fields.expect("a body has fields").keys().cloned().collect(),
        }
    }
}

pub fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(pointer) => document.pointer(pointer.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

pub fn example(document: &Value, content: &Value) -> Value {
    if !content["example"].is_null() {
        return content["example"].clone();
    }
    let schema = resolve(document, &content["schema"]);
    if schema["example"].is_null() { schema["examples"][0].clone() } else { schema["example"].clone() }
}
