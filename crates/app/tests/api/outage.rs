//! The database goes away and comes back.
use crate::binary::{Server, metrics};
use serde_json::{Value, json};
use std::{
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};
use testing::*;

/// Stands between the server and PostgreSQL, and can be cut.
struct Wire {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire =
            Self { address: listener.local_addr().unwrap(), cut: Arc::default(), open: Arc::default() };
        let (cut, open) = (wire.cut.clone(), wire.open.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if cut.load(Relaxed) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&target) else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                open.lock().unwrap().extend([client, server]);
            }
        });
        wire
    }
    fn cut(&self) {
        self.cut.store(true, Relaxed);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
    fn mend(&self) {
        self.cut.store(false, Relaxed);
    }
}

/// `postgres://user@host:port/db` with the wire's address in it.
fn through(wire: &Wire, url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let user = authority.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
    format!("{scheme}://{user}{}/{path}", wire.address)
}

fn target(url: &str) -> String {
    let authority = url.split_once("://").unwrap().1.split('/').next().unwrap();
    let host = authority.rsplit('@').next().unwrap();
    if host.contains(':') { host.to_owned() } else { format!("{host}:5432") }
}

/// On PostgreSQL, which the wire leads to.
fn behind_a_wire() -> (App, Wire) {
    let wire = Wire::to(target(&postgres_url()));
    let mut database = TestDb::fresh(Backend::Postgres);
    let direct = database.url();
    database.location = infra::store::Location::Postgres(through(&wire, &direct));
    (App::on_database(database, |_| {}), wire)
}

async fn heals(app: &App, who: &Person) {
    let mended = Instant::now();
    while app.ask(case("read").by(who).get("/api/auth/profile/")).await.status != 200 {
        assert!(mended.elapsed() < Duration::from_secs(10), "not healed after ten seconds");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_database_that_is_away_is_503_in_time_and_its_return_heals_everything() {
    block_on(async {
        let (app, wire) = behind_a_wire();
        let sarah = app.patient("sarah").await;
        let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });

        // These share one batched lookup.
        let reads = ["/api/auth/profile/", "/api/diary/bodyparts/", "/api/diary/notifications/unread-count/"];

        wire.cut();
        let mut served = vec![];
        for round in 0..3 {
            // More at once than there are threads: nobody may wait for another one's wait.
            let asks = (0..24).map(|n| {
                let ask = match reads.get(n % 6) {
                    Some(path) => case("read").by(&sarah).get(*path),
                    None => case("write").by(&sarah).post("/api/diary/stats/", record.clone()),
                };
                let app = &app;
                async move {
                    let started = Instant::now();
                    (app.ask(ask).await, started.elapsed())
                }
            });
            for (said, took) in futures_util::future::join_all(asks).await {
                assert_eq!((said.status, said.header("retry-after")), (503, "1"), "{round}: {said:?}");
                assert!(said.body["detail"].is_string());
                served.push(took);
            }
        }
        let slowest = served.iter().max().unwrap();
        assert!(*slowest < Duration::from_millis(2500), "{slowest:?}");
        app.check([
            case("ready").get("/health/ready").answers(503, Value::Null),
            case("live").get("/health/live").answers(200, Value::Null),
            case("open doors too")
                .post("/api/auth/login/", json!({ "username": "sarah", "password": PASSWORD }))
                .answers(503, Value::Null),
        ])
        .await;

        wire.mend();
        heals(&app, &sarah).await;
        // Every connection is good again, and nothing was half-written.
        for _ in 0..40 {
            app.check([case("healed").by(&sarah).get("/api/diary/stats/").answers(200, json!([]))]).await;
            app.check_at_once(
                reads.map(|path| case("healed").by(&sarah).get(path).answers(200, Value::Null)),
            )
            .await;
        }
        app.check([case("ready").get("/health/ready").answers(200, Value::Null)]).await;
    });
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn connections_that_the_server_killed_cost_a_refusal_each_at_most() {
    block_on(async {
        let app = App::start(Backend::Postgres, |_| {});
        let sarah = app.patient("sarah").await;
        let mut operator = app.database.sql();
        let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
            where application_name = current_setting('application_name') and pid <> pg_backend_pid()";
        for _ in 0..5 {
            assert!(operator.number(kill) > 0);
            let asks = (0..100).map(|_| app.ask(case("read").by(&sarah).get("/api/auth/profile/")));
            let said = futures_util::future::join_all(asks).await;
            assert!(said.iter().all(|s| matches!(s.status, 200 | 503)), "{said:?}");
            let refused = said.iter().filter(|s| s.status == 503).count();
            assert!(
                refused <= app::wiring::connections(&app.application.database) as usize,
                "{refused} were refused"
            );
        }
    });
}

#[test]
fn a_full_disk_degrades_the_server_loses_nothing_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let metrics_at = free_address().to_string();
    let settings = [("RATE_LIMITS", "off"), ("METRICS_LISTEN", metrics_at.as_str())];
    let mut server = Server::with_small_files(folder.path(), &settings, 2048);
    let body = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    let register = server.post("/api/auth/register/", "", body);
    let token = register.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let header = format!("Authorization: Token {token}\r\n");
    let note = format!(r#"{{"title":"n","body":"{}"}}"#, "x".repeat(15_000));
    let (mut made, mut refused) = (0, 0);
    while refused < 20 {
        let said = server.post("/api/diary/notes/", &token, &note);
        match said.split(' ').nth(1).unwrap() {
            "201" => made += 1,
            "503" => refused += 1,
            other => panic!("{other}: {said}"),
        }
        assert!(made < 500, "the disk never was full");
    }
    let health = || {
        let said = server.ask("GET /health/ready", "");
        assert!(said.contains("200 OK"), "{said}");
        said.split(r#"{"status":""#).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    // What is left of the disk may have room for some of the small changes by which the server finds out.
    let mut tries = 0;
    while health() != "degraded" {
        made += usize::from(server.post("/api/diary/notes/", &token, &note).contains("201 Created"));
        tries += 1;
        assert!(tries < 40, "never degraded");
    }
    assert_eq!(health(), "degraded");
    assert!(metrics(&metrics_at).lines().any(|line| line == "store_writable 0"));
    // What was acknowledged is read, and nothing else is there.
    let notes = server.ask("GET /api/diary/notes/", &header);
    assert_eq!(notes.matches(r#""title":"n""#).count(), made, "{}", &notes[..200]);
    server.free_the_disk();
    assert_eq!(health(), "ready");
    assert!(server.post("/api/diary/notes/", &token, &note).contains("201 Created"));
    assert!(metrics(&metrics_at).lines().any(|line| line == "store_writable 1"));
    server.signal("-TERM");
    let (_, err, code) = server.ended();
    assert_eq!(code, Some(0), "{err}");
    let warned = err.lines().filter(|line| line.contains("the store is unavailable")).count();
    assert!((1..=5).contains(&warned), "{warned} lines for {refused} refusals: {err}");
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn an_alarm_that_could_not_be_stored_is_503_and_did_not_happen() {
    block_on(async {
        let (app, wire) = behind_a_wire();
        let sarah = app.patient("sarah").await;
        let path = |call: &str| format!("/api/v1/{call}/{}/", sarah.id);
        let choose = case("choose").by(&sarah).patch(path("user/edit"), json!({ "scenario": 1 }));
        app.check([choose.answers(200, Value::Null)]).await;

        wire.cut();
        let pressed = Instant::now();
        app.check([case("press")
            .by(&sarah)
            .post(path("event/trigger"), json!({}))
            .answers(503, Value::Null)])
            .await;
        assert!(pressed.elapsed() < Duration::from_millis(2500), "{:?}", pressed.elapsed());

        wire.mend();
        heals(&app, &sarah).await;
        let alarms = app.ask(case("alarms").by(&sarah).get("/api/v1/event/alarms/")).await;
        assert_eq!(alarms.body, json!([]));
        app.check([case("press")
            .by(&sarah)
            .post(path("event/trigger"), json!({}))
            .answers(200, Value::Null)])
            .await;
    });
}
