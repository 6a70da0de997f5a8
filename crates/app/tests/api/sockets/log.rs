//! At its loudest, the log shows neither a token nor a ticket nor what people say.
use super::*;
use crate::binary::carebase;
use std::{fs::File, process::Command};

#[test]
fn the_loudest_log_keeps_what_is_private() {
    told(Backend::Sqlite, &[]);
}

#[test]
#[cfg_attr(not(all(has_postgres, has_redis)), ignore = "needs TEST_DATABASE_URL and TEST_REDIS_URL")]
fn the_loudest_log_keeps_what_is_private_between_nodes_too() {
    told(Backend::Postgres, &[("REDIS_URL", std::env::var("TEST_REDIS_URL").unwrap().as_str())]);
}

fn told(backend: Backend, more: &[(&str, &str)]) {
    let (database, folder) = (TestDb::fresh(backend), tempfile::tempdir().unwrap());
    let (url, address) = (database.url(), free_address().to_string());
    let mut settings = vec![
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("ENCRYPTION_KEYS", "fedcba9876543210fedcba9876543210"),
        ("LOG_LEVEL", "trace"),
        ("LISTEN", address.as_str()),
    ];
    settings.extend_from_slice(more);
    // Into files: a trace is more than a pipe holds.
    let [out, err] = ["out", "err"].map(|name| folder.path().join(name));
    let mut server = carebase(folder.path(), &[], &settings);
    let mut server =
        server.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap()).spawn().unwrap();
    let secrets = block_on(talk(&format!("http://{address}")));
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let log = [out, err].map(|path| std::fs::read_to_string(path).unwrap()).concat();
    assert!(log.contains("/ws/chat/{peer}/") || log.contains("/ws/chat/"), "sockets are logged at all");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// What must not be told.
async fn talk(base: &str) -> Vec<String> {
    let client = http_client();
    let asks = async |path: &str, token: Option<&str>, body: Value| {
        let mut request = client.post(format!("{base}{path}")).json(&body);
        if let Some(token) = token {
            request = request.header("Authorization", format!("Token {token}"));
        }
        request.send().await.ok()?.json::<Value>().await.ok()
    };
    let body = |name: &str| json!({ "username": name, "email": format!("{name}@example.com"), "password": "se-cr-et" });
    let registered = timeout(PATIENCE, async {
        loop {
            if let Some(said) = asks("/api/auth/register/", None, body("sarah")).await {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let token = registered.await.unwrap()["token"].as_str().unwrap().to_owned();
    asks("/api/auth/register/", None, body("house")).await.unwrap();
    let mut secrets = vec![token.clone(), "se-cr-et".to_owned()];
    let mut tickets = vec![];
    for _ in 0..3 {
        let said = asks("/api/auth/ws-ticket/", Some(&token), json!({})).await.unwrap();
        tickets.push(said["ticket"].as_str().unwrap().to_owned());
    }
    let paths = [
        format!("/ws/chat/house/?token={token}"),
        format!("/ws/chat/house/?after_id=0&token={token}"),
        format!("/ws/chat/house/?ticket={}", tickets[0]),
        format!("/ws/chat/1/?token={token}"),
    ];
    for (n, path) in paths.iter().enumerate() {
        let mut socket = knock(base, path, &[]).await.unwrap().0;
        for text in [format!("private-word-{n}"), "bad-word\0".to_owned()] {
            socket.say(&text).await;
        }
        while socket.hears().await["error"].is_null() {}
        socket.text(&format!(r#"{{"broken-word-{n}"#)).await;
    }
    for name in ["token", "ticket"] {
        let value = if name == "token" { &token } else { &tickets[1] };
        let protocol = format!("carebase, {name}.{value}");
        knock(base, "/ws/chat/house/", &[("sec-websocket-protocol", protocol.as_str())]).await.unwrap();
    }
    // Refused, used up, and where no socket is.
    for path in ["/ws/chat/nobody/", "/ws/nothing/"] {
        assert!(knock(base, &format!("{path}?token={token}"), &[]).await.is_err());
        assert!(knock(base, &format!("{path}?ticket={}", tickets[0]), &[]).await.is_err());
    }
    secrets.extend(tickets);
    secrets.extend(["private-word", "bad-word", "broken-word"].map(str::to_owned));
    secrets
}
