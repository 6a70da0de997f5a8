//! The commands, the log, the signals: what an operator sees of the binary.
use crate::binary::{Server, carebase, run, settings, text};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Stdio,
    time::Duration,
};
use testing::*;

#[test]
fn a_bad_setting_is_one_clear_line_and_status_2() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, words) in [
        ("DATABASE_URL", "mysql://root:hunter2@h/d", "DATABASE_URL must start with sqlite:// or postgres://"),
        ("LISTEN", "everywhere", "LISTEN must be an address and a port"),
        ("SECRET_KEY", "hunter2", "SECRET_KEY has 7 bytes; at least 32 are needed"),
        ("RATE_LIMITS", "maybe", "RATE_LIMITS must be on or off"),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "TRUSTED_PROXIES holds"),
    ] {
        for command in ["serve", "check", "migrate"] {
            let said = run(folder.path(), &[command], &[(name, value)]);
            let words_said = text(&said.stderr);
            assert_eq!(said.status.code(), Some(2), "{command} {name}: {words_said}");
            assert!(words_said.starts_with(&format!("carebase: {words}")), "{words_said}");
            assert_eq!(words_said.lines().count(), 1, "{words_said}");
            assert!(!words_said.contains("hunter2"), "{words_said}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    assert_eq!(run(folder.path(), &["dance"], &[]).status.code(), Some(2));
}

#[test]
fn a_setting_can_stand_in_the_folders_env_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "DATABASE_URL=sqlite://elsewhere/care.db\n").unwrap();
    let said = run(folder.path(), &["migrate"], &[]);
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert!(folder.path().join("elsewhere/care.db").exists());
    std::fs::write(folder.path().join(".env"), "SECRET_KEY=with spaces and hunter2\n").unwrap();
    let said = run(folder.path(), &["check"], &[]);
    assert_eq!(said.status.code(), Some(2));
    assert!(!text(&said.stderr).contains("hunter2"), "{}", text(&said.stderr));
    // A file further up is somebody else's.
    let below = folder.path().join("below");
    std::fs::create_dir(&below).unwrap();
    assert!(run(&below, &["check"], &[]).status.success());
}

#[test]
fn accounts_are_made_and_changed_by_commands_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let command = |arguments: &[&str]| run(folder.path(), arguments, &[]);

    let made = command(&["create-user", "house", "--email", "house@example.com", "--doctor"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let said = text(&made.stdout);
    let password = said.split("password: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    let body = format!(r#"{{"username":"house","password":"{password}"}}"#);
    let login = server.post("/api/auth/login/", "", &body);
    assert!(login.contains("200 OK") && login.contains(r#""groups":["Doctor","Patient"]"#), "{login}");
    let token = login.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned();

    for (arguments, words) in [
        (&["create-user", "house", "--email", "other@example.com"][..], "username: taken"),
        (&["create-user", "admin", "--email", "a@example.com"][..], "USERNAME: reserved"),
        (&["create-user", "x", "--email", "nobody"][..], "--email: malformed"),
        (&["make-doctor", "nobody"][..], "nobody: no account has that name"),
        (&["audit", "nobody"][..], "nobody: no account has that name"),
    ] {
        let refused = command(arguments);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains(words), "{arguments:?}: {}", text(&refused.stderr));
    }

    let mut piped = carebase(
        folder.path(),
        &["create-user", "sarah", "--email", "sarah@example.com", "--password-stdin"],
        &[],
    );
    let mut child = piped.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"no-fate-1984\n").unwrap();
    assert!(child.wait().unwrap().success());
    let login = server.post("/api/auth/login/", "", r#"{"username":"sarah","password":"no-fate-1984"}"#);
    assert!(login.contains("200 OK"), "{login}");

    for arguments in [["make-doctor", "sarah"], ["make-admin", "sarah"], ["deactivate", "house"]] {
        let done = command(&arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
    }
    let profile = server.ask("GET /api/auth/profile/", &format!("Authorization: Token {token}\r\n"));
    assert!(profile.contains("401 Unauthorized"), "{profile}");
    assert!(command(&["reactivate", "house"]).status.success());
    assert!(server.post("/api/auth/login/", "", &body).contains("200 OK"));

    let audit_log = text(&command(&["audit", "sarah"]).stdout);
    assert!(
        audit_log.contains("sarah  account.register")
            && audit_log.contains("(the server)  account.make-admin"),
        "{audit_log}"
    );
    assert!(text(&command(&["seed"]).stdout).contains("44 body parts"));
    assert!(text(&command(&["migrate"]).stdout).contains("up to date"));
}

#[test]
fn a_new_secret_signs_everybody_out_and_passwords_stay() {
    let folder = tempfile::tempdir().unwrap();
    let body = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    let token = {
        let server = Server::start(folder.path(), &[]);
        let register = server.post("/api/auth/register/", "", body);
        register.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let server = Server::start(folder.path(), &[("SECRET_KEY", "0123456789abcdef0123456789abcdef")]);
    let profile = server.ask("GET /api/auth/profile/", &format!("Authorization: Token {token}\r\n"));
    assert!(profile.contains("401 Unauthorized"), "{profile}");
    let login = server.post("/api/auth/login/", "", body);
    assert!(login.contains("200 OK") && !login.contains(&token), "{login}");
}

#[test]
fn a_second_server_on_one_sqlite_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Server::start(folder.path(), &[]);
    let listen = free_address().to_string();
    let second = run(folder.path(), &["serve"], &[("LISTEN", &listen)]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("one process per SQLite file"), "{}", text(&second.stderr));
}

#[test]
fn check_finds_what_is_wrong_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = run(folder.path(), &["check"], &[]);
    assert!(fresh.status.success(), "{}{}", text(&fresh.stdout), text(&fresh.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");

    assert!(run(folder.path(), &["migrate"], &[]).status.success());
    let file = folder.path().join("data/carebase.db");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&file, open).unwrap();
    let said = run(folder.path(), &["check"], &[("REDIS_URL", "redis://127.0.0.1:1")]);
    assert_eq!(said.status.code(), Some(1));
    let told = text(&said.stdout);
    assert!(told.contains("can be read by others") && told.contains("redis:"), "{told}");

    let away =
        [("DATABASE_URL", "postgres://127.0.0.1:1/care"), ("SECRET_KEY", "0123456789abcdef0123456789abcdef")];
    let said = run(folder.path(), &["check"], &away);
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stdout).contains("wrong      database"), "{}", text(&said.stdout));
    let said = run(folder.path(), &["serve"], &away);
    assert_eq!(said.status.code(), Some(1));
    assert_eq!(text(&said.stderr).lines().count(), 1, "{}", text(&said.stderr));
}

#[test]
fn a_server_that_is_told_to_leave_finishes_what_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[]);
    let body = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    // The head of a request is there, its body not yet.
    let mut begun = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /api/auth/register/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    begun.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    begun.write_all(body.as_bytes()).unwrap();
    let mut status = String::new();
    BufReader::new(&mut begun).read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 201 Created\r\n");
    let (_, err, code) = server.ended();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("leaving"), "{err}");
}

#[test]
fn the_log_tells_no_token_no_query_and_no_health_data() {
    for format in ["json", "pretty"] {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("LOG_FORMAT", format), ("LOG_LEVEL", "trace")];
        let mut server = Server::start(folder.path(), &settings);
        let body = r#"{"username":"sarah","email":"canary-mail@example.com","password":"canary-password"}"#;
        let register = server.post("/api/auth/register/", "", body);
        let token = register.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let record = r#"{"body_part":1,"pain_type":"burning","intensity":1,"description":"canary-text"}"#;
        assert!(server.post("/api/diary/stats/?canary-query=1", &token, record).contains("201 Created"));
        server.post("/api/diary/stats/", &token, r#"{"canary-broken":"#);
        server.ask(&format!("GET /api/diary/stats/?token={token}&patient_id=77"), "");
        server.ask("GET /canary-path/", "");
        server.signal("-TERM");
        let (out, err, _) = server.ended();
        for secret in ["canary", &token, "patient_id"] {
            assert!(!out.contains(secret) && !err.contains(secret), "{secret} in:\n{out}{err}");
        }
        let told = err.lines().find(|line| line.contains("/api/diary/stats/") && line.contains("201"));
        let told = told.unwrap_or_else(|| panic!("no line tells of the record:\n{err}"));
        if format == "json" {
            let line: serde_json::Value = serde_json::from_str(told).unwrap();
            assert_eq!(line["status"], 201);
            assert_eq!(line["span"]["id"].as_str().map(str::len), Some(36), "{line}");
        }
    }
}

#[test]
fn metrics_are_on_a_listener_of_their_own_and_off_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = free_address().to_string();
    let server = Server::start(folder.path(), &[("METRICS_LISTEN", &metrics)]);
    server.ask("GET /api/auth/profile/", "");
    assert!(server.ask("GET /metrics", "").contains("404 Not Found"));
    let mut stream = TcpStream::connect(&metrics).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    let line = r#"http_requests_total{method="GET",route="/api/auth/profile/",status="401"} 1"#;
    assert!(told.contains(line), "{told}");
    assert!(told.contains("http_request_duration_seconds_bucket"), "{told}");
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn several_nodes_may_start_at_once_on_a_fresh_postgres() {
    let database = TestDb::fresh(Backend::Postgres);
    let (folder, url) = (tempfile::tempdir().unwrap(), database.url());
    let settings = settings(&url, &[]);
    std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..3).map(|_| scope.spawn(|| Server::start(folder.path(), &settings))).collect();
        for node in nodes {
            let server = node.join().unwrap();
            assert!(server.ask("GET /health/ready", "").contains("200 OK"));
        }
    });
}
