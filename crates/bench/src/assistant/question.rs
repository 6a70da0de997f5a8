//! One question to the model: as much of HTTP and of the chat-completions API as answering it needs.
use super::{gate::Gate, words};
use crate::Done;
use serde::Deserialize;
use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

/// Until it answers.
const TAKES: Duration = Duration::from_millis(50);
/// From one that hung to the next when they are let go: all at once would measure how many the server refuses.
const APART: Duration = Duration::from_millis(10);

#[derive(Deserialize)]
struct Question {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

pub(super) fn answer(mut tcp: &TcpStream, gate: &Gate) -> Done {
    tcp.set_nodelay(true)?;
    let question: Question = serde_json::from_slice(&read_body(&mut BufReader::new(tcp))?)?;
    let begun = Instant::now();
    // The last one alone: what was asked before goes along with every question.
    if question.messages.last().is_some_and(|message| words::asks_to_hang(&message.content)) {
        let before = gate.wait();
        sleep(APART * u32::try_from(before)?);
    } else {
        sleep(TAKES);
    }
    Ok(tcp.write_all(completion(&words::answer_after(begun.elapsed())).as_bytes())?)
}

fn read_body(reader: &mut impl BufRead) -> Done<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse()?;
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn completion(text: &str) -> String {
    let choice =
        json!({ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" });
    let usage = json!({ "prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320 });
    let body = json!({ "object": "chat.completion", "model": "bench", "choices": [choice], "usage": usage })
        .to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
