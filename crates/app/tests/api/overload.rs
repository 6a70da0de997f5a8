//! More is asked than can be answered. How fast the refusals come is the bench's (`overload`).
use crate::binary::Server;
use futures_util::future::{join, join_all, join3};
use serde_json::{Value, json};
use std::{thread, time::Duration};
use testing::*;

const STATS: &str = "/api/diary/stats/";

on_both!(in_a_flood_some_are_refused_but_no_danger_no_sign_out_and_no_health_check, async |app: App| {
    let sarah = app.patient("sarah").await;
    let record =
        json!({ "body_part": 1, "pain_type": "burning", "intensity": 1, "description": "x".repeat(500) });
    join_all((0..400).map(|_| app.ask(case("seed").by(&sarah).post(STATS, record.clone())))).await;
    let leaving = join_all((0..20).map(|n| person(&app, "leaving", n))).await;
    let in_danger = join_all((0..20).map(|n| person(&app, "in-danger", n))).await;
    // Reads and changes: on SQLite they have threads of their own.
    let flood = join_all((0..400).flat_map(|_| {
        let (list, add) = (case("list").by(&sarah), case("add").by(&sarah));
        [app.ask(list.get(STATS)), app.ask(add.post(STATS, record.clone()))]
    }));
    let others = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let sign_outs =
            leaving.iter().map(|who| app.ask(case("leave").by(who).post("/api/auth/logout/", json!({}))));
        let health = (0..20).map(|_| app.ask(case("health").get("/health/ready")));
        let danger = in_danger.iter().map(|who| {
            let path = format!("/api/v1/chat/{}/", who.id);
            app.ask(case("danger").by(who).post(path, json!({ "text": "I want to die" })))
        });
        join3(join_all(sign_outs), join_all(health), join_all(danger)).await
    };
    let (answers, (sign_outs, health, danger)) = join(flood, others).await;
    let refused: Vec<_> = answers.iter().filter(|said| said.status >= 300).collect();
    assert!(!refused.is_empty() && refused.len() < answers.len(), "{} were refused", refused.len());
    for said in refused {
        assert_eq!((said.status, said.header("retry-after")), (503, "1"), "{said:?}");
        assert!(said.body["detail"].is_string());
    }
    assert!(sign_outs.iter().all(|said| said.status == 204), "{sign_outs:?}");
    assert!(danger.iter().all(|said| said.status == 200), "{danger:?}");
    assert!(health.iter().all(|said| said.status == 200), "{health:?}");
    app.check([case("calm").by(&sarah).get(STATS).answers(200, Value::Null)]).await;
});

async fn person(app: &App, who: &str, n: usize) -> Person {
    app.patient(&format!("{who}-{n}")).await
}

/// The binary: hashes cost there what they cost everybody.
#[test]
fn sign_ins_beyond_a_second_of_waiting_are_refused_and_one_that_cannot_be_read_waits_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[("RATE_LIMITS", "off")]);
    let login = "/api/auth/login/";
    let person = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    assert!(server.post("/api/auth/register/", "", person).contains("201 Created"));
    let server = &server;
    let status = |answer: &str| answer.split(' ').nth(1).unwrap().to_owned();
    let (logins, unread): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let ask = |body: &'static str| scope.spawn(move || status(&server.post(login, "", body)));
        let logins: Vec<_> =
            (0..200).map(|_| ask(r#"{"username":"sarah","password":"no-fate-1984"}"#)).collect();
        let unread: Vec<_> = (0..20).map(|_| ask(r#"{"username":"#)).collect();
        let joined = |all: Vec<thread::ScopedJoinHandle<'_, String>>| {
            all.into_iter().map(|one| one.join().unwrap()).collect()
        };
        (joined(logins), joined(unread))
    });
    let count = |wanted: &str| logins.iter().filter(|status| *status == wanted).count();
    assert_eq!(count("200") + count("503"), 200, "{logins:?}");
    assert!(count("200") > 5 && count("503") > 50, "{} were refused", count("503"));
    assert!(unread.iter().all(|status| status == "400"), "{unread:?}");
}
