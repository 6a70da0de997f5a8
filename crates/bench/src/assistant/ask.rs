//! A message as it is sent to the assistant, and the words of its answer.
use crate::{
    Done,
    fixture::Voice,
    wire::{Ask, Base},
};
use hyper::Method;
use serde::Deserialize;
use serde_json::json;

pub(super) fn ask(base: &Base, person: &Voice, text: &str) -> Done<Ask> {
    let path = format!("/api/v1/chat/{}/", person.id);
    base.ask(Method::POST, &path, Some(&person.token), json!({ "text": text }).to_string())
}

#[derive(Deserialize)]
struct Answer {
    response: String,
}

pub(super) fn response(body: &[u8]) -> Done<String> {
    Ok(serde_json::from_slice::<Answer>(body)?.response)
}
