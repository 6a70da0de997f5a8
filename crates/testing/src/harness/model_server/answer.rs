//! The bytes of its answers.
use serde_json::{Value, json};

pub(super) const ANSWER: &str = "I am here. Tell me more.";
pub(super) const NAME: &str = "a-fake-model";
pub(super) const SECRET: &str = "sk-upstream-hunter2";

/// An answer in one piece.
pub(super) fn whole(text: &str) -> Vec<u8> {
    let usage = usage(text);
    let choice =
        json!({ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" });
    let body = json!({ "object": "chat.completion", "model": NAME, "choices": [choice], "usage": usage });
    with_length(200, "application/json", &body.to_string())
}

/// The same in pieces, one for each word.
pub(super) fn streamed(text: &str) -> Vec<u8> {
    let piece = |choices: Value, usage: Value| {
        let body =
            json!({ "object": "chat.completion.chunk", "model": NAME, "choices": choices, "usage": usage });
        format!("data: {body}\r\n\r\n")
    };
    let delta = |delta: Value, why: Value| {
        piece(json!([{ "index": 0, "delta": delta, "finish_reason": why }]), Value::Null)
    };
    let mut events =
        format!(": a comment\n\n{}", delta(json!({ "role": "assistant", "content": "" }), Value::Null));
    for word in text.split_inclusive(' ') {
        events += &delta(json!({ "content": word }), Value::Null);
    }
    events += &delta(json!({}), json!("stop"));
    events += &piece(json!([]), usage(text));
    chunked(&(events + "data: [DONE]\n\n"))
}

/// One that is none, in words that nobody may hear of.
pub(super) fn status(status: u16, location: Option<&str>) -> Vec<u8> {
    let location = location.map(|path| format!("\r\nLocation: {path}")).unwrap_or_default();
    let body = json!({ "error": { "message": SECRET } });
    with_length(status, &format!("application/json{location}"), &body.to_string())
}

pub(super) fn garbage(is_streamed: bool) -> Vec<u8> {
    match is_streamed {
        true => chunked(&format!("data: {}\n\n", SECRET)),
        false => with_length(200, "text/html", &format!("<p>{}", SECRET)),
    }
}

fn usage(text: &str) -> Value {
    json!({ "prompt_tokens": 7, "completion_tokens": text.split_whitespace().count() })
}

fn with_length(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Fake\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// In chunks that are cut anywhere, in a character too. A connection that breaks is so told from an end.
fn chunked(body: &str) -> Vec<u8> {
    const HEAD: &str = "HTTP/1.1 200 Fake\r\nContent-Type: text/event-stream; charset=utf-8\r\n\
        Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let mut all = HEAD.as_bytes().to_vec();
    // Small enough to cut what people read, large enough for 2 MiB.
    let size = if body.len() < 10_000 { 7 } else { 8191 };
    for chunk in body.as_bytes().chunks(size) {
        all.extend(format!("{:x}\r\n", chunk.len()).bytes());
        all.extend(chunk);
        all.extend(b"\r\n");
    }
    all.extend(b"0\r\n\r\n");
    all
}
