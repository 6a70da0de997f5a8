//! Two processes on one database: what one writes, the other one knows at once.
use crate::binary::{Server, settings};
use serde_json::Value;
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    thread,
};
use testing::*;

/// Records that patients make at both nodes while others count; each notifies the doctor once.
const WRITES_EACH: u64 = 60;
const WRITERS: u64 = 4;

#[test]
#[cfg_attr(not(all(has_postgres, has_redis)), ignore = "needs TEST_DATABASE_URL and TEST_REDIS_URL")]
fn two_processes_with_a_redis_never_tell_a_wrong_count() {
    let redis = std::env::var("TEST_REDIS_URL").unwrap();
    race(&[("REDIS_URL", redis.as_str())]);
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn two_processes_without_a_redis_never_tell_a_wrong_count() {
    race(&[]);
}

#[test]
#[cfg_attr(not(all(has_postgres, has_redis)), ignore = "needs TEST_DATABASE_URL and TEST_REDIS_URL")]
fn with_redis_a_session_at_two_processes_ends_at_both() {
    let redis = std::env::var("TEST_REDIS_URL").unwrap();
    admission(&[("REDIS_URL", redis.as_str())]);
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn without_redis_a_session_at_two_processes_ends_at_both() {
    admission(&[]);
}

/// Everybody is known at both nodes before each change, and asked for at the other one as soon as it is answered.
fn admission(more: &[(&str, &str)]) {
    let (database, folder) = (TestDb::fresh(Backend::Postgres), tempfile::tempdir().unwrap());
    let url = database.url();
    let all = settings(&url, more);
    let nodes = [Server::start(folder.path(), &all), Server::start(folder.path(), &all)];
    let hear = |node: &Server, token: &str, expected: &str| {
        for path in ["auth/profile/", "diary/bodyparts/", "diary/notifications/unread-count/"] {
            let said = node.ask(&format!("GET /api/{path}"), &format!("Authorization: Token {token}\r\n"));
            assert!(said.contains(expected), "{path}: expected {expected}, heard {said}");
        }
    };
    for round in 0..6 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let (name, other) = (format!("sarah-{round}"), account(here, &format!("other-{round}")).0);
        let (token, _) = account(here, &name);
        let known = |nodes: &[Server]| {
            for node in nodes.iter().cycle().take(4) {
                hear(node, &token, "200 OK");
            }
        };
        known(&nodes);
        let edit = format!(r#"{{"first_name":"Sarah {round}"}}"#);
        let length = edit.len();
        let headers = format!("Authorization: Token {token}\r\nContent-Type: application/json\r\n");
        let patched =
            here.ask("PATCH /api/auth/profile/", &format!("{headers}Content-Length: {length}\r\n\r\n{edit}"));
        assert!(patched.contains("200 OK"), "{patched}");
        let profile = there.ask("GET /api/auth/profile/", &format!("Authorization: Token {token}\r\n"));
        assert_eq!(body_of(&profile)["first_name"], format!("Sarah {round}"));
        for (command, expected) in [("deactivate", "User inactive or deleted."), ("reactivate", "200 OK")] {
            let done = crate::binary::run(folder.path(), &[command, &name], &all);
            assert!(done.status.success(), "{command}: {}", crate::binary::text(&done.stderr));
            hear(there, &token, expected);
            hear(here, &token, expected);
        }
        known(&nodes);
        assert!(here.post("/api/auth/logout/", &token, "{}").contains("204 No Content"));
        hear(there, &token, "Invalid token.");
        hear(here, &token, "Invalid token.");
        hear(there, &other, "200 OK");
    }
}

fn race(more: &[(&str, &str)]) {
    let (database, folder) = (TestDb::fresh(Backend::Postgres), tempfile::tempdir().unwrap());
    let url = database.url();
    let all = settings(&url, more);
    let nodes = [Server::start(folder.path(), &all), Server::start(folder.path(), &all)];
    let house = account(&nodes[0], "house");
    assert!(crate::binary::run(folder.path(), &["make-doctor", "house"], &all).status.success());
    let patients: Vec<_> = (0..WRITERS).map(|n| account(&nodes[1], &format!("patient-{n}"))).collect();
    for (token, id) in &patients {
        assert!(
            nodes[0].post("/api/diary/link_doc/", token, r#"{"doc_username":"house"}"#).contains("200 OK")
        );
        let accept = format!(r#"{{"patient_id":{id},"action":"accept"}}"#);
        assert!(nodes[1].post("/api/diary/doc_respond/", &house.0, &accept).contains("200 OK"));
    }

    // A count told is right if it lies between what was certainly there when it was asked for, and what could
    // possibly be there when it was told.
    let (begun, done, over) = (AtomicU64::new(WRITERS), AtomicU64::new(WRITERS), AtomicBool::new(false));
    let (begun, done, over, house) = (&begun, &done, &over, &house);
    let told = thread::scope(|scope| {
        let writers: Vec<_> = patients
            .iter()
            .zip(nodes.iter().cycle())
            .map(|((token, _), node)| {
                scope.spawn(move || {
                    let record = r#"{"body_part":1,"pain_type":"burning","intensity":1}"#;
                    for _ in 0..WRITES_EACH {
                        begun.fetch_add(1, SeqCst);
                        assert!(node.post("/api/diary/stats/", token, record).contains("201 Created"));
                        done.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        let readers: Vec<_> = nodes
            .iter()
            .chain(&nodes)
            .map(|node| {
                scope.spawn(move || {
                    let mut told = 0_u64;
                    while !over.load(SeqCst) {
                        let least = done.load(SeqCst);
                        let count = unread(node, &house.0);
                        let most = begun.load(SeqCst);
                        assert!((least..=most).contains(&count), "{count} is not in {least}..={most}");
                        told += 1;
                    }
                    told
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, SeqCst);
        readers.into_iter().map(|reader| reader.join().unwrap()).sum::<u64>()
    });
    for node in &nodes {
        assert_eq!(unread(node, &house.0), WRITERS + WRITERS * WRITES_EACH);
    }
    assert!(told > 100, "only {told} counts were told");
}

fn account(node: &Server, name: &str) -> (String, i64) {
    let body = format!(r#"{{"username":"{name}","email":"{name}@example.com","password":"{PASSWORD}"}}"#);
    let said = body_of(&node.post("/api/auth/register/", "", &body));
    (said["token"].as_str().unwrap().to_owned(), said["user"]["id"].as_i64().unwrap())
}

fn unread(node: &Server, token: &str) -> u64 {
    let path = "GET /api/diary/notifications/unread-count/";
    body_of(&node.ask(path, &format!("Authorization: Token {token}\r\n")))["unread_count"].as_u64().unwrap()
}

fn body_of(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"))
}
