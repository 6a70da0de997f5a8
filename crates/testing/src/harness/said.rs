//! An answer of the application, read to its end.
use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

pub struct Said {
    pub status: u16,
    pub headers: HeaderMap,
    /// A string where it is no JSON.
    pub body: Value,
}

impl Said {
    pub(crate) async fn read(answer: Response) -> Self {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Without the headers, which would bury the rest.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}
