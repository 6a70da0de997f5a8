//! Request bodies: JSON, a form, or a form of several parts, on every method.
use super::{Refusal, Rejection, values::type_name};
use crate::connections;
use actix_multipart::{Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header::{CONTENT_ENCODING, CONTENT_TYPE, UPGRADE},
    web::{Bytes, BytesMut, Payload},
};
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use std::time::Duration;

/// Bytes. No call of any family carries more than a long text; uploads will have a limit of their own.
pub(crate) const MAX: usize = 256 * 1024;
/// A body that drips longer than this holds a connection for nothing.
const PATIENCE: Duration = Duration::from_secs(15);

/// What was sent, before any field of it was judged.
#[derive(Debug, Clone)]
pub struct Input {
    value: Value,
    /// A form has no null, no numbers, and cannot tell a blank from an absence.
    pub is_form: bool,
}

impl Input {
    /// The fields, if it is an object.
    pub fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        self.value.as_object().ok_or_else(|| Rejection::BodyNotAnObject(type_name(&self.value)).into())
    }
    pub fn has(&self, field: &str) -> bool {
        self.value.get(field).is_some()
    }
    /// One field as text; `None` when it is missing or cannot be text.
    pub fn text(&self, field: &str) -> Option<String> {
        self.value.get(field).and_then(|value| super::values::as_text(value).ok())
    }
    /// One field as a positive id; `None` when it is missing or no such thing.
    pub fn id(&self, field: &str) -> Option<i64> {
        self.value.get(field).and_then(|value| super::values::integer(Ok)(value).ok()).filter(|id| *id > 0)
    }
    pub(super) fn to_json(&self) -> String {
        self.value.to_string()
    }
    #[cfg(test)]
    pub(super) fn json(value: Value) -> Self {
        Self { value, is_form: false }
    }
    fn nothing() -> Self {
        Self { value: Value::Object(Map::new()), is_form: false }
    }
    fn form(fields: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { value: Value::Object(fields.into_iter().collect()), is_form: true }
    }
}

/// Whether the client wants this connection to become a websocket.
pub(crate) fn wants_a_socket(req: &HttpRequest) -> bool {
    let upgrade = req.headers().get(UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.trim().eq_ignore_ascii_case("websocket"))
}

/// Reads the body, whatever its form. No body is an empty object.
pub(super) async fn read(req: &HttpRequest, payload: Payload) -> Result<Input, Refusal> {
    // What follows such a request are frames, without an end.
    if wants_a_socket(req) {
        return Ok(Input::nothing());
    }
    let bytes = read_bytes(req, payload, MAX).await?;
    if bytes.is_empty() {
        return Ok(Input::nothing());
    }
    let encoding =
        req.headers().get(CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or("?"));
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(Rejection::UnsupportedEncoding(encoding.to_owned()).into());
    }
    let declared = req.headers().get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap_or_default());
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => json(&bytes),
        "application/x-www-form-urlencoded" => Ok(urlencoded(&bytes)),
        "multipart/form-data" => multipart(req, bytes).await,
        _ => Err(Rejection::UnsupportedMediaType(declared.to_owned()).into()),
    }
}

/// As it came, up to so many bytes.
pub(crate) async fn read_bytes(req: &HttpRequest, payload: Payload, max: usize) -> Result<Bytes, Refusal> {
    let read = tokio::time::timeout(PATIENCE, collect(payload, max)).await;
    let read = read.unwrap_or_else(|_slow| Err(Rejection::BodyTooSlow.into()));
    if let (Err(_), Some(connection)) = (&read, connections::of_request(req)) {
        connection.leave_body();
    }
    read
}

async fn collect(mut payload: Payload, max: usize) -> Result<Bytes, Refusal> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| match e {
            PayloadError::Overflow => Rejection::BodyTooLarge(max),
            e => Rejection::BrokenBody(format!("The request body broke off: {e}")),
        })?;
        if bytes.len() + chunk.len() > max {
            return Err(Rejection::BodyTooLarge(max).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn json(bytes: &[u8]) -> Result<Input, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(Input { value, is_form: false }),
        Err(e) => Err(Rejection::BodyNotParsed(format!("JSON parse error - {e}")).into()),
    }
}

fn urlencoded(bytes: &[u8]) -> Input {
    Input::form(
        form_urlencoded::parse(bytes)
            .map(|(key, value)| (key.into_owned(), Value::String(value.into_owned()))),
    )
}

async fn multipart(req: &HttpRequest, bytes: Bytes) -> Result<Input, Refusal> {
    let broken = |e: MultipartError| Rejection::BodyNotParsed(format!("Multipart form parse error - {e}"));
    let whole = stream::once(std::future::ready(Ok::<_, PayloadError>(bytes)));
    let mut parts = Multipart::new(req.headers(), Box::pin(whole));
    let mut fields = vec![];
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(broken)?;
        let disposition = part.content_disposition();
        let name = disposition.and_then(|d| d.get_name()).unwrap_or_default().to_owned();
        let is_file = disposition.is_some_and(|d| d.get_filename().is_some());
        let mut text = vec![];
        while let Some(chunk) = part.next().await {
            text.extend_from_slice(&chunk.map_err(broken)?);
        }
        // A file is no text: an empty object is refused by every field, in that field's own words.
        let value = match String::from_utf8(text) {
            Ok(text) if !is_file => Value::String(text),
            _ => Value::Object(Map::new()),
        };
        fields.push((name, value));
    }
    Ok(Input::form(fields))
}
