//! What must be true of both diaries of a pair, and of what the nodes show.
use crate::diary::{Diary, Line, MESSAGES};
use std::collections::BTreeSet;

/// What is not there yet.
pub fn lacks(diary: &Diary) -> Option<String> {
    if diary.is_complete() {
        return None;
    }
    let heard: BTreeSet<i64> = diary.lines.iter().map(|line| line.id).collect();
    let all = 1..=i64::try_from(2 * MESSAGES).unwrap();
    let missing: Vec<_> = all.filter(|id| !heard.contains(id)).collect();
    let unsent = diary.next().map_or(0, |next| MESSAGES - next);
    Some(format!(
        "{} lacks {} ids ({}), waits for the acknowledgement of {:?}, and has {unsent} to send",
        diary.name,
        missing.len(),
        spans(&missing),
        diary.open(),
    ))
}

/// `[1, 2, 3, 7]` is `1-3, 7`.
fn spans(ids: &[i64]) -> String {
    let runs = ids.chunk_by(|one, next| one + 1 == *next);
    let span = |run: &[i64]| match run {
        [only] => only.to_string(),
        run => format!("{}-{}", run[0], run[run.len() - 1]),
    };
    runs.map(span).collect::<Vec<_>>().join(", ")
}

/// What is wrong between two who talked to each other.
pub fn disagreements(pair: [&Diary; 2]) -> Vec<String> {
    let [one, other] = pair;
    let names = format!("{} and {}", one.name, other.name);
    let mut wrong: Vec<_> = one
        .lines
        .iter()
        .zip(&other.lines)
        .filter(|(line, other)| line != other)
        .map(|(line, other)| format!("{names} heard different things: {line:?} and {other:?}"))
        .collect();
    for diary in pair {
        let ids: Vec<_> = diary.lines.iter().map(|line| line.id).collect();
        if ids != (1..=i64::try_from(2 * MESSAGES).unwrap()).collect::<Vec<_>>() {
            wrong.push(format!("{} did not hear 1, 2, 3 and so on: {ids:?}", diary.name));
        }
        let mut heard: Vec<_> =
            one.lines.iter().filter(|line| line.sender == diary.me).map(|line| line.text.as_str()).collect();
        let mut said: Vec<_> = diary.texts().collect();
        heard.sort_unstable();
        said.sort_unstable();
        if heard != said {
            wrong.push(format!("{} did not hear what {} said, each message once", one.name, diary.name));
        }
    }
    wrong
}

/// What is wrong with a node's list, newest first, in the eyes of one of the two.
pub fn shown_otherwise(node: &str, diary: &Diary, list: &serde_json::Value) -> Option<String> {
    let Some(list) = list.as_array() else { return Some(format!("{node} shows {}: {list}", diary.name)) };
    let line = |shown: &serde_json::Value| {
        let line = Line {
            id: shown["id"].as_i64()?,
            sender: shown["sender"]["id"].as_i64()?,
            text: shown["content"].as_str()?.to_owned(),
        };
        let receiver = if line.sender == diary.me { diary.peer } else { diary.me };
        (shown["receiver"]["id"] == receiver).then_some(line)
    };
    let shown: Option<Vec<Line>> = list.iter().rev().map(line).collect();
    (shown.as_ref() != Some(&diary.lines)).then(|| {
        let ids: Vec<_> = list.iter().rev().map(|shown| shown["id"].to_string()).collect();
        format!("{node} shows {} another list: {}", diary.name, ids.join(" "))
    })
}
