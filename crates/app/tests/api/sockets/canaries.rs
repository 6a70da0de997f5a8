//! No file that the server writes holds a sealed text in plain: a hundred values are sent through every sealed field, and then
//! every file is searched for them.
use super::*;
use crate::binary::{carebase, run, settings, text};
use reqwest::{Client, Method};
use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    sync::LazyLock,
};

const VALUES: usize = 100;
/// In the account's name, which is not sealed: what the search must find.
const VISIBLE: &str = "visible";
/// In every value, and in nothing that another test or run writes: the database's log is everybody's.
static HIDDEN: LazyLock<String> = LazyLock::new(|| format!("hidden-{:016x}", rand::random::<u64>()));

#[test]
fn nothing_is_read_in_any_file_of_sqlite() {
    nothing_is_read_in_any_file(Backend::Sqlite);
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
fn nothing_is_read_in_any_file_of_postgres() {
    nothing_is_read_in_any_file(Backend::Postgres);
}

/// Where everything is that a server leaves behind.
struct Place {
    folder: tempfile::TempDir,
    database: TestDb,
}

impl Place {
    fn fresh(backend: Backend) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: TestDb::fresh(backend) }
    }

    fn log(&self, name: &str) -> File {
        File::create(self.folder.path().join(name)).unwrap()
    }

    /// How many files hold this word.
    fn holding(&self, word: &str) -> Vec<String> {
        let mut holding = files_holding(self.folder.path(), word);
        match self.database.location.sqlite_file() {
            Some(file) => holding.extend(files_holding(file.parent().unwrap(), word)),
            None => holding.extend(self.holding_on_postgres(word)),
        }
        holding
    }

    /// The tables' files and the write-ahead log, as the database's server reads them.
    fn holding_on_postgres(&self, word: &str) -> Vec<String> {
        let mut sql = self.database.sql();
        sql.run("checkpoint").unwrap();
        let holds = |file: &str| format!("position('{word}'::bytea in pg_read_binary_file({file})) > 0");
        sql.words(&format!(
            "select 'table ' || relname as words from pg_class where relnamespace = current_schema()::regnamespace \
             and relkind in ('r', 't') and pg_relation_size(oid) > 0 and {} \
             union all \
             select 'log ' || name from pg_ls_waldir() where modification > now() - interval '10 minutes' and {}",
            holds("pg_relation_filepath(oid)"),
            holds("'pg_wal/' || name"),
        ))
    }

    /// A backup of the data, as the manual says.
    fn back_up(&self) {
        let backup = self.folder.path().join("backup");
        match &self.database.location {
            infra::store::Location::Sqlite(_) => {
                self.database.sql().run(&format!("vacuum into '{}'", backup.display())).unwrap();
            }
            infra::store::Location::Postgres(_) => {
                let schema = self.database.sql().words("select current_schema()::text as words").remove(0);
                let dump = Command::new("pg_dump")
                    .args(["--schema", &schema, "--file"])
                    .arg(&backup)
                    .arg(postgres_url())
                    .output()
                    .unwrap();
                assert!(dump.status.success(), "{}", text(&dump.stderr));
            }
        }
    }
}

fn files_holding(folder: &Path, word: &str) -> Vec<String> {
    let files =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let holds = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    };
    files.filter(|file| holds(file)).map(|file| file.display().to_string()).collect()
}

struct Asked<'a> {
    client: Client,
    base: &'a str,
}

impl Asked<'_> {
    async fn ask(&self, method: Method, path: &str, token: &str, body: Value) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).json(&body);
        if !token.is_empty() {
            request = request.header("Authorization", format!("Token {token}"));
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }
    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        self.ask(Method::POST, path, token, body).await
    }
    async fn registered(&self, name: &str) -> (i64, String) {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": "no-fate-1984",
            "first_name": name, "last_name": VISIBLE });
        let said = self.post("/api/auth/register/", "", body).await;
        (said["user"]["id"].as_i64().unwrap(), said["token"].as_str().unwrap().to_owned())
    }
}

fn value(field: &str, n: usize) -> String {
    format!("{} {field} {n}", *HIDDEN)
}

fn nothing_is_read_in_any_file(backend: Backend) {
    let place = Place::fresh(backend);
    let model = ModelServer::start();
    let (url, address, model_url) = (place.database.url(), free_address().to_string(), model.url());
    model.set(ModelMode::Says(value("answer", 0)));
    let settings = settings(
        &url,
        &[
            ("LISTEN", &address),
            ("LOG_LEVEL", "trace"),
            ("SOCKET_MESSAGES_PER_SECOND", "100000"),
            ("ASSISTANT_URL", &model_url),
            ("ASSISTANT_MODEL", "small"),
            ("ASSISTANT_MESSAGES_PER_HOUR", "0"),
        ],
    );
    let mut server = carebase(place.folder.path(), &[], &settings);
    // Into files: a trace is more than a pipe holds.
    let mut server = server.stdout(place.log("out")).stderr(place.log("err")).spawn().unwrap();
    block_on(fill(&format!("http://{address}"), &|name| {
        let made = run(place.folder.path(), &["make-doctor", name], &settings);
        assert!(made.status.success(), "{}", text(&made.stderr));
    }));
    place.back_up();
    assert_eq!(place.holding(&HIDDEN), [""; 0], "while the server runs");
    let visible = place.holding(VISIBLE);
    assert!(visible.len() >= 2, "database and backup: {visible:?}");
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    assert_eq!(place.holding(&HIDDEN), [""; 0], "when it has ended");
    assert!(fs::metadata(place.folder.path().join("err")).unwrap().len() > 10_000, "it logged");
}

/// Every sealed field, a hundred times, and read back.
async fn fill(base: &str, make_doctor: &dyn Fn(&str)) {
    let asked = Asked { client: http_client(), base };
    timeout(PATIENCE, async {
        while asked.client.get(format!("{base}/health/ready")).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    let (sarah_id, sarah) = asked.registered("sarah").await;
    let (_, house) = asked.registered("house").await;
    make_doctor("house");
    asked.post("/api/diary/link_doc/", &sarah, json!({ "doc_username": "house" })).await;
    asked
        .post("/api/diary/doc_respond/", &house, json!({ "patient_id": sarah_id, "action": "accept" }))
        .await;
    for n in 0..VALUES {
        let record = json!({ "body_part": 25, "pain_type": "burning", "intensity": 3, "description": value("record", n) });
        asked.post("/api/diary/stats/", &sarah, record).await;
        let note = json!({ "title": value("title", n), "body": value("body", n) });
        asked.post("/api/diary/notes/", &sarah, note).await;
        let said = json!({ "text": value("said", n) });
        let answer = asked.post(&format!("/api/v1/chat/{sarah_id}/"), &sarah, said).await;
        assert_eq!(answer["response"], value("answer", 0));
    }
    for kind in ["prescription", "diagnosis"] {
        let body = |n| json!({ "link": 1, kind: value(kind, n), "details": value("details", n) });
        let made = asked.post(&format!("/api/diary/{kind}/?link_id=1"), &house, body(0)).await;
        let path = format!("/api/diary/{kind}/?{kind}_id={}", made["id"]);
        for n in 1..VALUES {
            let changed = asked.ask(Method::PATCH, &path, &house, body(n)).await;
            assert_eq!(changed["details"], value("details", n));
        }
    }
    for (path, token) in [("/ws/chat/house/", &sarah), ("/ws/chat/sarah/", &house), ("/ws/chat/1/", &sarah)] {
        let mut socket = knock(base, &format!("{path}?token={token}"), &[]).await.unwrap().0;
        for n in 0..VALUES {
            let message = value(path, n);
            socket.say_as(&format!("{path}{n}"), &message).await;
            socket.reads_until(&message).await;
        }
    }
    let records = asked.ask(Method::GET, "/api/diary/stats/", &sarah, json!({})).await;
    assert_eq!(records.as_array().unwrap().len(), VALUES);
    assert_eq!(records[7]["description"], value("record", 7));
}
