//! The commands, the log, the signals: what an operator sees of the binary.
use crate::binary::{Server, carebase, metrics, run, settings, text};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
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
    assert!(run(&below, &["check"], &[("LISTEN", &free_address().to_string())]).status.success());
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

    a_password_is_set(&server, folder.path());

    for arguments in [["make-doctor", "sarah"], ["make-admin", "sarah"], ["deactivate", "house"]] {
        let done = command(&arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
    }
    let profile = server.ask("GET /api/auth/profile/", &format!("Authorization: Token {token}\r\n"));
    assert!(profile.contains("401 Unauthorized"), "{profile}");
    assert!(command(&["reactivate", "house"]).status.success());
    assert!(server.post("/api/auth/login/", "", &body).contains("200 OK"));

    // Also where people may not register.
    let closed = run(
        folder.path(),
        &["create-user", "wilson", "--email", "wilson@example.com"],
        &[("REGISTRATION", "closed"), ("PASSWORD_MIN_LENGTH", "30")],
    );
    let shown = text(&closed.stdout);
    let password = shown.split("password: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    assert_eq!(password.map(str::len), Some(30), "{shown}{}", text(&closed.stderr));

    let audit_log = text(&command(&["audit", "sarah"]).stdout);
    assert!(
        audit_log.contains("sarah  account.register")
            && audit_log.contains("(the server)  account.make-admin"),
        "{audit_log}"
    );
    assert!(text(&command(&["seed"]).stdout).contains("44 body parts"));
    assert!(text(&command(&["migrate"]).stdout).contains("up to date"));
}

/// Of sarah: shown once, or typed; her token ends either way.
fn a_password_is_set(server: &Server, folder: &Path) {
    let login = |password: &str| {
        server.post("/api/auth/login/", "", &format!(r#"{{"username":"sarah","password":"{password}"}}"#))
    };
    let profile = |login: &str| {
        let token = login.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap();
        server.ask("GET /api/auth/profile/", &format!("Authorization: Token {token}\r\n"))
    };
    let before = login("no-fate-1984");
    let set = run(folder, &["set-password", "sarah"], &[]);
    assert!(set.status.success(), "{}", text(&set.stderr));
    assert!(profile(&before).contains("401 Unauthorized"));
    assert!(login("no-fate-1984").contains("400 Bad Request"));
    let said = text(&set.stdout);
    let shown = said.split("password: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    let between = login(shown);
    assert!(profile(&between).contains("200 OK"), "{between}");

    let typed = |words: &[u8], name: &str| {
        let mut child =
            carebase(folder, &["set-password", name, "--stdin"], &[]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(words).unwrap();
        child.wait_with_output().unwrap()
    };
    for (words, name, refused) in [
        (&b"short\n"[..], "sarah", "the password: shorter than 8 characters"),
        (b"\n", "sarah", "the password: blank"),
        (b"long enough\n", "nobody", "nobody: no account has that name"),
    ] {
        let said = typed(words, name);
        assert_eq!(said.status.code(), Some(1));
        assert!(text(&said.stderr).contains(refused), "{}", text(&said.stderr));
    }
    assert!(profile(&between).contains("200 OK"), "a refusal changed something");
    let done = typed(b"no-fate-1985\n", "sarah");
    assert!(done.status.success() && !text(&done.stdout).contains("no-fate-1985"), "{}", text(&done.stdout));
    assert!(profile(&between).contains("401 Unauthorized") && login("no-fate-1985").contains("200 OK"));
    let audit_log = text(&run(folder, &["audit", "sarah"], &[]).stdout);
    assert_eq!(audit_log.matches("(the server)  account.set-password").count(), 2, "{audit_log}");
}

#[test]
fn a_command_makes_no_database_and_names_the_one_that_it_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 6] = [
        &["make-doctor", "sarah"],
        &["create-user", "sarah", "--email", "sarah@example.com"],
        &["set-password", "sarah"],
        &["deactivate", "sarah"],
        &["audit", "sarah"],
        &["seed"],
    ];
    let looked_for = folder.path().canonicalize().unwrap().join("data/carebase.db");
    for command in commands {
        let refused = run(folder.path(), command, &[]);
        let words = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{command:?}");
        assert!(words.contains(&format!("there is no database at {}", looked_for.display())), "{words}");
        assert!(words.contains("carebase migrate") && words.lines().count() == 1, "{words}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    // A file that is no carebase's.
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(&looked_for, "").unwrap();
    let refused = run(folder.path(), &["make-doctor", "sarah"], &[]);
    assert!(text(&refused.stderr).contains("holds no carebase"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read(&looked_for).unwrap(), b"", "a table was made");
}

#[test]
fn a_command_makes_no_secret_beside_a_database_whose_server_has_another() {
    let folder = tempfile::tempdir().unwrap();
    let secret = [("SECRET_KEY", "0123456789abcdef0123456789abcdef")];
    drop(Server::start(folder.path(), &secret));
    let refused = run(folder.path(), &["make-doctor", "sarah"], &[]);
    assert_eq!(refused.status.code(), Some(2));
    let words = text(&refused.stderr);
    assert!(words.contains("no secret.key is beside the database"), "{words}");
    assert!(!folder.path().join("data/secret.key").exists());
    let unknown = run(folder.path(), &["make-doctor", "sarah"], &secret);
    assert!(text(&unknown.stderr).contains("no account has that name"), "{}", text(&unknown.stderr));
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn a_command_makes_no_tables_on_postgres_either() {
    let database = TestDb::fresh(Backend::Postgres);
    let (folder, url) = (tempfile::tempdir().unwrap(), database.url());
    let refused = run(folder.path(), &["make-doctor", "sarah"], &settings(&url, &[]));
    let words = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words.contains("PostgreSQL, ") && words.contains("holds no carebase"), "{words}");
    assert!(run(folder.path(), &["migrate"], &settings(&url, &[])).status.success());
    let refused = run(folder.path(), &["make-doctor", "sarah"], &settings(&url, &[]));
    assert!(text(&refused.stderr).contains("no account has that name"), "{}", text(&refused.stderr));
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
    let listen = free_address().to_string();
    let fresh = run(folder.path(), &["check"], &[("LISTEN", &listen)]);
    assert!(fresh.status.success(), "{}{}", text(&fresh.stdout), text(&fresh.stderr));
    assert!(text(&fresh.stdout).contains("database   none yet at /"), "{}", text(&fresh.stdout));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");

    assert!(run(folder.path(), &["migrate"], &[]).status.success());
    let file = folder.path().join("data/carebase.db");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&file, open).unwrap();
    let said = run(folder.path(), &["check"], &[("REDIS_URL", "redis://127.0.0.1:1")]);
    assert_eq!(said.status.code(), Some(1));
    let told = text(&said.stdout);
    assert!(told.contains("can be read by others") && told.contains("redis:"), "{told}");
    assert!(!told.contains("is open to others"), "{told}");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("data"), open).unwrap();
    let told = text(&run(folder.path(), &["check"], &[]).stdout);
    assert!(told.contains("wrong      folder: data is open to others: chmod 700 it"), "{told}");

    let away = settings("postgres://127.0.0.1:1/care", &[]);
    let said = run(folder.path(), &["check"], &away);
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stdout).contains("wrong      database"), "{}", text(&said.stdout));
    let said = run(folder.path(), &["serve"], &away);
    assert_eq!(said.status.code(), Some(1));
    assert_eq!(text(&said.stderr).lines().count(), 1, "{}", text(&said.stderr));
}

#[test]
fn check_tries_both_ports_and_a_running_carebase_may_hold_them() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = free_address().to_string();
    let server = Server::start(folder.path(), &[("METRICS_LISTEN", &metrics)]);
    let beside = [("LISTEN", server.address.as_str()), ("METRICS_LISTEN", &metrics)];
    let said = run(folder.path(), &["check"], &beside);
    let told = text(&said.stdout);
    assert!(said.status.success(), "{told}");
    assert_eq!(told.matches("carebase answers at").count(), 2, "{told}");
    assert!(told.contains("advice     PASSWORD_MIN_STRENGTH is 0"), "{told}");
    assert!(told.contains("advice     no mail server is configured"), "{told}");
    let strong = [&beside[..], &[("PASSWORD_MIN_STRENGTH", "2"), ("MAIL_DIR", "mail")]].concat();
    assert!(!text(&run(folder.path(), &["check"], &strong).stdout).contains("advice"));
    let any_host = [&strong[..], &[("ALLOWED_HOSTS", "*")]].concat();
    let told = text(&run(folder.path(), &["check"], &any_host).stdout);
    assert!(told.contains("wrong      PUBLIC_URL is not set, and ALLOWED_HOSTS names no host"), "{told}");

    // Somebody else's, who says nothing.
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = stranger.local_addr().unwrap().to_string();
    let free = free_address().to_string();
    for (setting, other) in [("LISTEN", "METRICS_LISTEN"), ("METRICS_LISTEN", "LISTEN")] {
        let settings = [(setting, taken.as_str()), (other, &free)];
        let said = run(folder.path(), &["check"], &settings);
        assert_eq!(said.status.code(), Some(1));
        let told = text(&said.stdout);
        assert!(told.contains(&format!("wrong      {setting}: cannot listen on {taken}")), "{told}");
        // The server says so before it says that it listens.
        let empty = tempfile::tempdir().unwrap();
        let refused = run(empty.path(), &["serve"], &settings);
        assert_eq!(refused.status.code(), Some(1));
        let words = text(&refused.stderr);
        assert!(words.contains(&format!("choose another address in {setting}")), "{words}");
        assert_eq!((text(&refused.stdout).as_str(), words.lines().count()), ("", 1), "{words}");
        assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "nothing was made");
    }
}

#[test]
fn with_json_logs_every_line_is_json() {
    let folder = tempfile::tempdir().unwrap();
    let json = [("LOG_FORMAT", "json")];
    let is_json = |lines: &str| {
        assert!(!lines.is_empty());
        for line in lines.lines() {
            let line: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            assert!(line["message"].is_string() && line["level"].is_string(), "{line}");
        }
    };
    let mut server = Server::start(folder.path(), &json);
    server.ask("GET /api/auth/profile/", "");
    server.signal("-TERM");
    let (out, err, _) = server.ended();
    assert_eq!(out, "");
    assert!(err.contains(r#""message":"serving""#), "{err}");
    is_json(&err);
    is_json(&text(&run(folder.path(), &["seed"], &json).stdout));
    let made = run(folder.path(), &["create-user", "house", "--email", "house@example.com"], &json);
    assert!(text(&made.stdout).contains("password: "), "{}", text(&made.stdout));
    is_json(&text(&made.stdout));
    is_json(&text(&run(folder.path(), &["make-doctor", "nobody"], &json).stderr));
    for wrong in [("LISTEN", "everywhere"), ("LOG_LEVEL", "loud")] {
        let bad = [&json[..], &[wrong]].concat();
        let refused = run(folder.path(), &["serve"], &bad);
        assert_eq!(refused.status.code(), Some(2));
        is_json(&text(&refused.stderr));
    }
}

#[test]
fn the_line_of_a_refused_sign_in_has_the_clients_address_and_no_other_line_has() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[("TRUSTED_PROXIES", "127.0.0.1")]);
    let body = r#"{"username":"sarah","password":"no-fate-1984"}"#;
    let length = body.len();
    let rest = format!(
        "X-Forwarded-For: 203.0.113.9\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    assert!(server.ask("POST /api/auth/login/", &rest).contains("400 Bad Request"));
    assert!(server.ask("POST /api/auth/register/", &rest).contains("400 Bad Request"));
    assert!(server.ask("POST /api/auth/logout/", &rest).contains("401 Unauthorized"));
    server.signal("-TERM");
    let (_, err, _) = server.ended();
    let with_address: Vec<_> = err.lines().filter(|line| line.contains("203.0.113.9")).collect();
    assert_eq!(with_address.len(), 1, "{err}");
    assert!(with_address[0].contains("/api/auth/login/") && with_address[0].contains("status=400"), "{err}");
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
    let listen = free_address().to_string();
    let server = Server::start(folder.path(), &[("METRICS_LISTEN", &listen)]);
    server.ask("GET /api/auth/profile/", "");
    assert!(server.ask("GET /metrics", "").contains("404 Not Found"));
    let told = metrics(&listen);
    let line = r#"http_requests_total{method="GET",route="/api/auth/profile/",status="401"} 1"#;
    assert!(told.contains(line), "{told}");
    assert!(!told.contains("bus_"), "there is no Redis: {told}");
    // Before anything has counted.
    for line in [
        "store_unavailable_total 0",
        "defects_total 0",
        "sockets_open 0",
        r#"sockets_closed_total{why="not_reading"} 0"#,
        "log_lines_dropped_total 0",
        r#"build_info{version=""#,
    ] {
        assert!(told.lines().any(|told| told.starts_with(line)), "{line} in {told}");
    }
    assert!(told.contains("http_request_duration_seconds_bucket"), "{told}");
}

#[test]
#[cfg_attr(not(has_redis), ignore = "needs TEST_REDIS_URL")]
fn a_redis_that_is_away_at_the_start_is_one_warning_and_its_return_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::away();
    let listen = free_address().to_string();
    let mail = ("MAIL_DIR", "mail".to_owned());
    let settings = [("REDIS_URL", redis.url()), ("METRICS_LISTEN", listen.clone()), mail];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut server = Server::start(folder.path(), &settings);
    let becomes = |wanted: &str| {
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while !metrics(&listen).lines().any(|line| line == wanted) {
            assert!(std::time::Instant::now() < until, "never {wanted}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    becomes("bus_connected 0");
    // It is tried several times.
    std::thread::sleep(Duration::from_secs(2));
    redis.start();
    becomes("bus_connected 1");
    becomes("bus_interruptions_total 0");
    server.signal("-TERM");
    let (_, err, _) = server.ended();
    let lines = |words: &str| err.lines().filter(|line| line.contains(words)).count();
    assert_eq!(
        (lines(" WARN "), lines("the bus is interrupted"), lines("the bus is back")),
        (1, 1, 1),
        "{err}"
    );
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

#[test]
fn check_asks_the_mail_server_to_let_us_in() {
    let folder = tempfile::tempdir().unwrap();
    let (mut mail, listen) = (MailServer::start(), free_address().to_string());
    let port = mail.port().to_string();
    let check = |more: &[(&str, &str)]| {
        let server = [("EMAIL_HOST", "127.0.0.1"), ("EMAIL_PORT", &port), ("EMAIL_FROM", "care@example.com")];
        let said = run(folder.path(), &["check"], &[&server, more, &[("LISTEN", &listen)]].concat());
        (said.status.code(), text(&said.stdout))
    };
    let (status, told) = check(&[("EMAIL_USE_TLS", "false")]);
    let good = format!("mail       good: 127.0.0.1:{port} (no TLS) lets us in");
    assert!(status == Some(0) && told.contains(&good), "{told}");
    let (status, told) = check(&[]);
    assert!(status == Some(1) && told.contains("gives no TLS"), "{told}");
    mail.set(MailMode::RefuseSignIn);
    let user = [("EMAIL_USE_TLS", "no"), ("EMAIL_HOST_USER", "robot"), ("EMAIL_HOST_PASSWORD", "hunter2")];
    let (status, told) = check(&user);
    assert!(status == Some(1) && told.contains("refuses the sign-in (status 535)"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    mail.down();
    let (status, told) = check(&[("EMAIL_USE_TLS", "off")]);
    assert!(
        status == Some(1) && told.contains("wrong      mail: ") && told.contains("cannot be reached"),
        "{told}"
    );
    assert!(mail.letters().is_empty());
}

#[test]
fn a_start_says_where_letters_go() {
    for (setting, banner, warning) in [
        (("MAIL_DIR", "mail"), "mail         written to mail, nobody receives them", false),
        (("EMAIL_BACKEND", "console"), "mail         nowhere", true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(folder.path(), &[setting]);
        server.signal("-TERM");
        let (out, err, _) = server.ended();
        assert!(out.contains(banner), "{out}");
        assert_eq!(err.contains("no mail server is configured: an alarm reaches nobody"), warning, "{err}");
    }
}

#[test]
fn a_webhook_is_told_by_its_host_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("ALARM_WEBHOOK_URL", "https://alerts.example.com:8443/canary?key=canary"),
        ("ALARM_WEBHOOK_SECRET", "canary canary canary canary"),
        ("MAIL_BOUNCE_SECRET", "canary canary canary canary"),
        ("MAIL_DIR", "mail"),
    ];
    let listen = free_address().to_string();
    let checked = run(folder.path(), &["check"], &[&settings[..], &[("LISTEN", &listen)]].concat());
    let told = text(&checked.stdout);
    assert!(
        told.contains("webhook    configured: alarms are also posted to alerts.example.com:8443\n"),
        "{told}"
    );
    let mut server = Server::start(folder.path(), &settings);
    server.signal("-TERM");
    let (out, err, _) = server.ended();
    assert!(out.contains("; alarms also to alerts.example.com:8443\n"), "{out}");
    assert!([told, out, err].iter().all(|said| !said.contains("canary")));
}
