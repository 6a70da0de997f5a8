//! The whole application, listening on a port of its own, on a database of its own.
use super::documented::expect_documented;
use crate::{Backend, Case, Said, TestClock, TestDb, http_client};
use actix_web::dev::{Server, ServerHandle};
use app::{application::Application, config::Config, server};
use infra::identity::Cost;
use reqwest::Client;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, mpsc},
};

/// Of every application that a test starts, and of the processes beside it.
pub const SECRET: &str = "a secret for tests, of 32 bytes and more";
pub const ENCRYPTION_KEY: &str = "an encryption key for tests: 32 bytes and more";

pub struct App {
    pub base: String,
    pub application: Application,
    pub clock: Arc<TestClock>,
    pub database: TestDb,
    client: Client,
    server: ServerHandle,
}

impl App {
    pub fn start(backend: Backend, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::on_database(TestDb::fresh(backend), adjust)
    }

    pub fn on_database(database: TestDb, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::serving(database, adjust, server::start)
    }

    /// With another server around the application: one that serves more than ours does.
    pub fn serving(
        database: TestDb,
        adjust: impl FnOnce(&mut Config),
        with: fn(&Application, TcpListener) -> io::Result<Server>,
    ) -> Self {
        let mut config = Config::from(&|name| match name {
            "RATE_LIMITS" => Some("off".into()),
            "SECRET_KEY" => Some(SECRET.into()),
            "ENCRYPTION_KEYS" => Some(ENCRYPTION_KEY.into()),
            "DATABASE_URL" => Some(database.url()),
            _ => None,
        })
        .unwrap();
        adjust(&mut config);
        let clock = Arc::new(TestClock::default());
        let application = Application::with(&config, clock.clone(), Cost::FOR_TESTS).unwrap();
        let (address, server) = listen(&application, with);
        let client = http_client();
        Self { base: format!("http://{address}"), application, clock, database, client, server }
    }

    pub fn backend(&self) -> Backend {
        self.database.backend()
    }

    pub async fn ask(&self, case: Case) -> Said {
        let (method, path) = case.target();
        let said = Said::read(case.request(&self.client, &self.base).send().await.unwrap()).await;
        expect_documented(&method, &path, &said);
        said
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Nobody waits for the server's end: the next test does not depend on it.
        drop(self.server.stop(false));
    }
}

fn listen(
    application: &Application,
    with: fn(&Application, TcpListener) -> io::Result<Server>,
) -> (SocketAddr, ServerHandle) {
    let listener = server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let (application, (tell, told)) = (application.clone(), mpsc::channel());
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = with(&application, listener).unwrap();
            tell.send(server.handle()).unwrap();
            for dispatcher in application.dispatchers.iter() {
                actix_web::rt::spawn(dispatcher.clone().run());
            }
            actix_web::rt::spawn(application.reset_letters.clone().run());
            server.await.unwrap();
        });
    });
    (address, told.recv().unwrap())
}
