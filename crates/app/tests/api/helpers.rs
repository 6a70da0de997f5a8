//! The harness. A test is a sentence and an async function that gets an [`App`]: the whole application, listening on a
//! port of its own, on a database of its own.
//!
//! ```ignore
//! both_databases!(a_stranger_sees_nothing, async |app: App| {
//!     let sarah = app.patient("sarah").await;
//!     check(&app, [
//!         case("a guest").get("/api/diary/stats/").refused(401, json!({ "detail": "…" })),
//!         case("sarah").by(&sarah).get("/api/diary/stats/").answers(200, json!([])),
//!     ]).await;
//! });
//! ```
//!
//! `both_databases!` makes two tests of it; the one on PostgreSQL is ignored, with a reason, unless `TEST_DATABASE_URL`
//! names a database in which schemas may be made.
use actix_web::dev::ServerHandle;
use app::{config::Config, house::House, server};
use chrono::{SubsecRound, TimeDelta, Utc};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use domain::{
    identity::{Standing, Username},
    shared::{Clock, Timestamp},
};
use infra::{identity::Cost, store::Location};
use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering::Relaxed},
        mpsc,
    },
    time::Duration,
};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

macro_rules! both_databases {
    ($name:ident, $story:expr) => {
        mod $name {
            use super::*;
            #[test]
            fn on_sqlite() {
                $crate::helpers::tell($crate::helpers::Backend::Sqlite, $story);
            }
            #[test]
            #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
            fn on_postgres() {
                $crate::helpers::tell($crate::helpers::Backend::Postgres, $story);
            }
        }
    };
}
pub(crate) use both_databases;

pub fn tell(backend: Backend, story: impl AsyncFnOnce(App)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { story(App::start(backend, |_| {})).await });
}

/// A database of its own, gone when the test is over.
pub struct Database {
    pub location: Location,
    _folder: Option<TempDir>,
    schema: Option<String>,
}

impl Database {
    pub fn fresh(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let location = Location::Sqlite(folder.path().join("carebase.db"));
                Self { location, _folder: Some(folder), schema: None }
            }
            Backend::Postgres => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let schema = format!("api_{}_{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
                on_postgres(&format!("drop schema if exists {schema} cascade; create schema {schema}"));
                let url = Self::in_schema(&postgres_url(), &schema);
                Self { location: Location::Postgres(url), _folder: None, schema: Some(schema) }
            }
        }
    }
    fn in_schema(url: &str, schema: &str) -> String {
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}options=-csearch_path%3D{schema}")
    }
    pub fn url(&self) -> String {
        match &self.location {
            Location::Postgres(url) => url.clone(),
            Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            on_postgres(&format!("drop schema {schema} cascade"));
        }
    }
}

pub fn postgres_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect("this test is ignored without TEST_DATABASE_URL")
}

fn on_postgres(sql: &str) {
    PgConnection::establish(&postgres_url()).unwrap().batch_execute(sql).unwrap();
}

/// The system's clock, moved by a test.
#[derive(Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_microseconds().unwrap(), Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        (Utc::now() + TimeDelta::microseconds(self.0.load(Relaxed))).trunc_subsecs(6)
    }
}

pub struct App {
    pub base: String,
    pub house: House,
    pub clock: Arc<TestClock>,
    pub database: Database,
    client: Client,
    server: ServerHandle,
}

impl App {
    pub fn start(backend: Backend, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::on(Database::fresh(backend), adjust)
    }

    pub fn on(database: Database, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::from(&|name| match name {
            "RATE_LIMITS" => Some("off".into()),
            "SECRET_KEY" => Some("a secret for tests, of 32 bytes and more".into()),
            "DATABASE_URL" => Some(database.url()),
            _ => None,
        })
        .unwrap();
        adjust(&mut config);
        let clock = Arc::new(TestClock::default());
        let house = House::with(&config, clock.clone(), Cost::FOR_TESTS).unwrap();
        let (address, server) = listen(&house);
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { base: format!("http://{address}"), house, clock, database, client, server }
    }

    pub fn backend(&self) -> Backend {
        match self.database.location {
            Location::Postgres(_) => Backend::Postgres,
            Location::Sqlite(_) => Backend::Sqlite,
        }
    }

    /// A new account, made over the wire.
    pub async fn patient(&self, username: &str) -> Person {
        let body = json!({
            "username": username, "email": format!("{username}@example.com"), "password": "secret",
            "first_name": username.to_uppercase(), "last_name": "Test",
        });
        let said = self.ask(case(username).post("/api/auth/register/", body)).await;
        assert_eq!(said.status, 201, "{said:?}");
        Person {
            id: said.body["user"]["id"].as_i64().unwrap(),
            username: username.to_owned(),
            token: said.body["token"].as_str().unwrap().to_owned(),
        }
    }

    /// A new account that an operator made a doctor.
    pub async fn doctor(&self, username: &str) -> Person {
        let person = self.patient(username).await;
        self.grant(username, Standing::Doctor(true));
        person
    }

    pub fn grant(&self, username: &str, standing: Standing) {
        self.house.identity.grant(Username::known_as(username).unwrap(), standing).unwrap();
    }

    /// A link in this status, with its id.
    pub async fn link(&self, patient: &Person, doctor: &Person, status: &str) -> i64 {
        let asked =
            case("link").by(patient).post("/api/diary/link_doc/", json!({ "doc_username": doctor.username }));
        assert_eq!(self.ask(asked).await.status, 200);
        let action = match status {
            "accepted" => Some("accept"),
            "rejected" => Some("reject"),
            _ => None,
        };
        if let Some(action) = action {
            let body = json!({ "patient_id": patient.id, "action": action });
            assert_eq!(
                self.ask(case("answer").by(doctor).post("/api/diary/doc_respond/", body)).await.status,
                200
            );
        }
        let links = self.ask(case("links").by(patient).get("/api/diary/list_links/")).await.body;
        let of_pair = |link: &&Value| link["doctor"]["id"] == doctor.id;
        links.as_array().unwrap().iter().find(of_pair).unwrap()["id"].as_i64().unwrap()
    }

    /// The texts in somebody's bell, newest first.
    pub async fn bell(&self, person: &Person) -> Vec<String> {
        let lines = self.ask(case("bell").by(person).get("/api/diary/notifications/")).await.body;
        lines.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn ask(&self, case: Case) -> Said {
        let mut request = self.client.request(case.method, format!("{}{}", self.base, case.path));
        if let Some(token) = &case.authorization {
            request = request.header("Authorization", token);
        }
        for (name, value) in &case.headers {
            request = request.header(*name, value);
        }
        request = match case.body {
            Body::None => request,
            Body::Json(value) => request.json(&value),
            Body::Form(fields) => request.form(&fields),
            Body::Raw(content_type, bytes) => request.header("Content-Type", content_type).body(bytes),
        };
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Said { status, headers, body }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Told, not waited for: the next test does not care.
        drop(self.server.stop(false));
    }
}

fn listen(house: &House) -> (std::net::SocketAddr, ServerHandle) {
    let listener = server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let (house, (tell, told)) = (house.clone(), mpsc::channel());
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = server::start(&house, listener).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (address, told.recv().unwrap())
}

#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub token: String,
}

pub struct Said {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

/// Without the headers, which would bury the rest.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}

impl Said {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Debug, Clone)]
enum Body {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
    Raw(String, Vec<u8>),
}

/// One line of a table: who asks what, and what they hear.
#[derive(Debug, Clone)]
pub struct Case {
    name: String,
    method: Method,
    path: String,
    authorization: Option<String>,
    headers: Vec<(&'static str, String)>,
    body: Body,
    expected: Option<(u16, Value)>,
}

pub fn case(name: impl Into<String>) -> Case {
    Case {
        name: name.into(),
        method: Method::GET,
        path: "/".into(),
        authorization: None,
        headers: vec![],
        body: Body::None,
        expected: None,
    }
}

impl Case {
    pub fn by(self, person: &Person) -> Self {
        self.authorization(format!("Token {}", person.token))
    }
    pub fn authorization(self, header: impl Into<String>) -> Self {
        Self { authorization: Some(header.into()), ..self }
    }
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    pub fn get(self, path: impl Into<String>) -> Self {
        self.to(Method::GET, path)
    }
    pub fn post(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::POST, path).json(body)
    }
    pub fn patch(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::PATCH, path).json(body)
    }
    pub fn delete(self, path: impl Into<String>, body: Value) -> Self {
        self.to(Method::DELETE, path).json(body)
    }
    pub fn to(self, method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), ..self }
    }
    pub fn json(self, body: Value) -> Self {
        Self { body: if body.is_null() { Body::None } else { Body::Json(body) }, ..self }
    }
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { body: Body::Form(fields), ..self }
    }
    pub fn raw(self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { body: Body::Raw(content_type.to_owned(), bytes.into()), ..self }
    }
    /// The status and the whole body; `Value::Null` leaves the body open.
    pub fn answers(self, status: u16, body: Value) -> Self {
        Self { expected: Some((status, body)), ..self }
    }
}

/// Asks every line of a table, and shows all that went otherwise at once.
pub async fn check(app: &App, cases: impl IntoIterator<Item = Case>) {
    let mut otherwise = vec![];
    for case in cases {
        otherwise.extend(went_otherwise(app, case).await);
    }
    assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
}

/// The same, but everybody asks at the same moment.
pub async fn check_at_once(app: &App, cases: impl IntoIterator<Item = Case>) {
    let asked = cases.into_iter().map(|case| went_otherwise(app, case));
    let otherwise: Vec<_> = futures_util::future::join_all(asked).await.into_iter().flatten().collect();
    assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
}

async fn went_otherwise(app: &App, case: Case) -> Option<String> {
    let (status, body) = case.expected.clone().expect("a case says what it expects");
    let name = format!("{}: {} {}", case.name, case.method, case.path);
    let said = app.ask(case).await;
    let otherwise = said.status != status || (!body.is_null() && said.body != body);
    otherwise.then(|| format!("{name}\n  expected {status} {body}\n  heard    {} {}", said.status, said.body))
}

pub const GUEST: &str = "Authentication credentials were not provided.";
pub const WRONG_ROLE: &str = "You do not have permission to perform this action.";

pub fn detail(words: &str) -> Value {
    json!({ "detail": words })
}

pub fn error(words: &str) -> Value {
    json!({ "error": words })
}

/// One line of a family's URL table.
pub struct Line {
    pub method: actix_web::http::Method,
    pub path: String,
    pub open: bool,
}

pub fn table() -> Vec<Line> {
    let routes = app::house::FAMILIES.iter().flat_map(|family| (family.resources)());
    let line = |route: web::http::Route| Line {
        open: route.access == web::http::Access::Public,
        method: route.method,
        path: route.path,
    };
    routes.flat_map(|resource| resource.routes).map(line).collect()
}
