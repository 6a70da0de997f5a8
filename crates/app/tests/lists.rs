//! A list is written row by row: a longer one takes no more allocations. Every list that the API document has is held to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]
use app::application::api_document;
use domain::messaging::{ClientId, PeerRef, Text};
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{
    alloc::System,
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
};
use testing::*;
use tokio::sync::Mutex;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The count is of the whole process: one story at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

const FEW: usize = 20;
const MANY: usize = 320;
/// A row that allocates once would add `MANY - FEW`; buffers that grow add a few.
const MORE_ALLOCATIONS: usize = (MANY - FEW) / 4;
/// Bytes. More than any answer here.
const LONGEST: usize = 1024 * 1024;

/// Each list, with whose it is. The others have few rows, or are written once when the server starts.
const LISTS: [(&str, Who); 6] = [
    ("/api/diary/stats/", Who::Patient),
    ("/api/diary/notes/", Who::Patient),
    ("/api/diary/notifications/", Who::Doctor),
    // For a doctor each row is an audit entry too.
    ("/api/diary/list_links/", Who::Patient),
    ("/api/chat/conversations/{peer}/", Who::Patient),
    ("/api/v1/chat/{user_id}/history/", Who::Patient),
];
const NOT_LONG: [&str; 6] = [
    "/api/diary/bodyparts/",
    "/api/diary/prescription/",
    "/api/diary/diagnosis/",
    "/api/v1/user/music/",
    // At most 20.
    "/api/v1/user/contacts/{user_id}/",
    // Pages of at most 100, each row with its letters.
    "/api/v1/event/alarms/",
];

#[derive(Clone, Copy)]
enum Who {
    Patient,
    Doctor,
}

#[test]
fn every_list_of_the_document_is_looked_at() {
    let document = serde_json::to_value(api_document(None)).unwrap();
    let is_list = |item: &Value| {
        let json = &item["get"]["responses"]["200"]["content"]["application/json"];
        json["schema"]["type"] == "array"
    };
    let paths = document["paths"].as_object().unwrap().iter();
    let lists: BTreeSet<_> = paths.filter(|(_, item)| is_list(item)).map(|(path, _)| path.as_str()).collect();
    let looked_at = LISTS.iter().map(|(path, _)| *path).chain(NOT_LONG).collect();
    assert_eq!(lists, looked_at);
}

on_both!(a_longer_list_takes_no_more_allocations, async |app: App| {
    let _alone = ALONE.lock().await;
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    app.link(&sarah, &house, "accepted").await;
    grow(&app, &sarah, &house, 0..FEW).await;
    let few = LISTS.map(|list| allocations(&app, list, &sarah, &house));
    grow(&app, &sarah, &house, FEW..MANY).await;
    for (list, (few, shorter)) in LISTS.into_iter().zip(few) {
        let (path, _) = list;
        let (many, longer) = allocations(&app, list, &sarah, &house);
        assert!(longer > shorter * 8, "{path} has {longer} bytes after {shorter}");
        assert!(many < few + MORE_ALLOCATIONS, "{path}: {few} allocations, then {many}");
    }
});

/// So many more rows in every list.
async fn grow(app: &App, sarah: &Person, house: &Person, rows: std::ops::Range<usize>) {
    let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1, "description": "it hurts" });
    let note = json!({ "title": "the title", "body": "the body" });
    for n in rows {
        // Notifies the doctor too.
        app.ask(case("record").by(sarah).post("/api/diary/stats/", record.clone())).await;
        app.ask(case("note").by(sarah).post("/api/diary/notes/", note.clone())).await;
        let other = app.doctor(&format!("doctor-{n}")).await;
        app.link(sarah, &other, "pending").await;
        say(app, sarah, house, n);
        // Of danger: such a message is answered without a model.
        let danger = json!({ "text": "I want to die" });
        app.ask(case("danger").by(sarah).post(format!("/api/v1/chat/{}/", sarah.id), danger)).await;
    }
}

fn say(app: &App, from: &Person, to: &Person, n: usize) {
    let caller = app.application.identity.authenticate(&from.token).unwrap().caller;
    let messaging = &app.application.messaging;
    let access = messaging.open_chat(&caller, &PeerRef::parse(&to.id.to_string())).unwrap().0;
    let client_id = ClientId::parse(&format!("message-{n}")).unwrap();
    messaging.say(access, None, Text::parse("how is the shoulder?").unwrap(), Some(client_id)).unwrap();
}

/// The fewest allocations that the list took, and the bytes of its answer.
fn allocations(app: &App, (path, who): (&str, Who), sarah: &Person, house: &Person) -> (usize, usize) {
    let (who, peer) = match who {
        Who::Patient => (sarah, house),
        Who::Doctor => (house, sarah),
    };
    let path = path.replace("{peer}", &peer.id.to_string()).replace("{user_id}", &who.id.to_string());
    let address = app.base.trim_start_matches("http://").to_owned();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Token {}\r\nConnection: close\r\n\r\n",
        who.token
    );
    let mut answer = Vec::with_capacity(LONGEST);
    let mut counted = || {
        let region = Region::new(ALLOCATOR);
        let mut connection = TcpStream::connect(&address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        answer.clear();
        connection.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..200]));
        let change = region.change();
        (change.allocations + change.reallocations, answer.len())
    };
    // The first ones fill caches and buffers; what runs beside them may allocate too.
    (0..20).map(|_| counted()).min().unwrap()
}
