//! One line of a table: a request, and the answer that it must get.
use crate::Person;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::fmt;

#[derive(Debug, Clone)]
pub struct Case {
    name: String,
    method: Method,
    path: String,
    authorization: Option<String>,
    headers: Vec<(&'static str, String)>,
    body: Body,
    pub(crate) expected: Option<(u16, Value)>,
}

#[derive(Debug, Clone)]
enum Body {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
    Raw(String, Vec<u8>),
}

pub fn case(name: impl Into<String>) -> Case {
    Case {
        name: name.into(),
        method: Method::GET,
        path: "/".into(),
        authorization: None,
        headers: vec![],
        body: Body::None,
        expected: None,
    }
}

impl Case {
    pub fn by(self, person: &Person) -> Self {
        self.authorization(format!("Token {}", person.token))
    }
    pub fn authorization(self, header: impl Into<String>) -> Self {
        Self { authorization: Some(header.into()), ..self }
    }
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    pub fn get(self, path: impl Into<String>) -> Self {
        self.to(Method::GET, path)
    }
    pub fn post(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::POST, path).json(body)
    }
    pub fn put(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::PUT, path).json(body)
    }
    pub fn patch(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::PATCH, path).json(body)
    }
    pub fn delete(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::DELETE, path).json(body)
    }
    pub fn to(self, method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), ..self }
    }
    pub fn json(self, body: Value) -> Self {
        Self { body: if body.is_null() { Body::None } else { Body::Json(body) }, ..self }
    }
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { body: Body::Form(fields), ..self }
    }
    pub fn raw(self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { body: Body::Raw(content_type.to_owned(), bytes.into()), ..self }
    }
    pub(crate) fn target(&self) -> (Method, String) {
        (self.method.clone(), self.path.clone())
    }
    pub fn by_guest(self) -> Self {
        Self { authorization: None, ..self }
    }
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }
    /// To the other form of its path.
    pub fn without_slash(self) -> Self {
        let path = match self.path.split_once('?') {
            Some((path, query)) => format!("{}?{query}", path.trim_end_matches('/')),
            None => self.path.trim_end_matches('/').to_owned(),
        };
        Self { path, ..self }
    }
    /// The status and the whole body; `Value::Null` leaves the body open.
    pub fn answers(self, status: u16, body: Value) -> Self {
        Self { expected: Some((status, body)), ..self }
    }

    pub(crate) fn request(self, client: &Client, base: &str) -> RequestBuilder {
        let mut request = client.request(self.method, format!("{base}{}", self.path));
        if let Some(token) = &self.authorization {
            request = request.header("Authorization", token);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        match self.body {
            Body::None => request,
            Body::Json(value) => request.json(&value),
            Body::Form(fields) => request.form(&fields),
            Body::Raw(content_type, bytes) => request.header("Content-Type", content_type).body(bytes),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.name, self.method, self.path)
    }
}
