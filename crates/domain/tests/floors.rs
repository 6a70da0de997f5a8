//! The house's floors: a room may name only rooms that stand below it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]
use std::{
    fs,
    path::{Path, PathBuf},
};

const FLOORS: &[&[&str]] = &[
    &["shared"],
    &["audit", "events"],
    &["identity"],
    &["notifications", "outbox"],
    &["care", "content", "registry", "clinic", "assistant", "messaging"],
    &["diary", "crisis"],
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(sources(&path)) } else { found.push(path) }
    }
    found
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether `text` names the room: `crate::room`, or `room::` in a `use crate::{..}` list.
fn names(text: &str, room: &str) -> bool {
    let bounded = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"')
    };
    let path = format!("{room}::");
    let in_list = format!("{room},");
    text.match_indices(&path).any(|(at, _)| bounded(at) && !text[..at].ends_with("super::"))
        || text.split("use crate::{").skip(1).any(|rest| {
            let list = rest.split("};").next().unwrap_or_default();
            list.match_indices(&in_list).any(|(at, _)| list[..at].ends_with("    "))
        })
}

#[test]
fn a_room_names_only_rooms_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let floor = |room: &str| FLOORS.iter().position(|rooms| rooms.contains(&room));
    let (mut climbing, mut judged) = (vec![], 0);
    for room in fs::read_dir(&src).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        let own_name = room.file_name().unwrap().to_str().unwrap().to_owned();
        let own = floor(&own_name).unwrap_or_else(|| panic!("{own_name} stands on no floor: give it one"));
        for file in sources(&room) {
            let text = without_comments(&fs::read_to_string(&file).unwrap());
            judged += 1;
            for other in FLOORS.concat() {
                if other != own_name && names(&text, other) && floor(other).unwrap() >= own {
                    climbing.push(format!("{} names {other}", file.display()));
                }
            }
        }
    }
    assert!(judged > 20, "only {judged} files were judged");
    assert!(climbing.is_empty(), "{}", climbing.join("\n"));
}

#[test]
fn a_name_is_seen_in_both_ways_of_writing_it() {
    assert!(names("use crate::care::Link;", "care"));
    assert!(names("use crate::{\n    care::Link,\n};", "care"));
    assert!(names("use crate::{\n    audit,\n    shared::Clock,\n};", "audit"));
    assert!(!names("let healthcare::This = takes care of it", "care"));
}
