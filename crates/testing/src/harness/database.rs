//! An empty database of the test's own.
use crate::{Backend, Sql, unique};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use infra::store::Location;
use std::{process, thread};
use tempfile::TempDir;

/// SQLite: a file in a temporary folder. PostgreSQL: a schema that the URL's `search_path` chooses, so that tests run side
/// by side in one database. It is gone when this is dropped.
pub struct TestDb {
    pub location: Location,
    kept_in: KeptIn,
}

enum KeptIn {
    Folder(#[expect(dead_code, reason = "the folder lasts as long as this")] TempDir),
    Schema(String),
}

impl TestDb {
    pub fn fresh(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let location = Location::Sqlite(folder.path().join("carebase.db"));
                Self { location, kept_in: KeptIn::Folder(folder) }
            }
            Backend::Postgres => {
                let schema = format!("test_{}_{}", process::id(), unique());
                on_server(&format!("create schema {schema}")).unwrap();
                let url = postgres_url();
                let joint = if url.contains('?') { '&' } else { '?' };
                // The application's name is for tests that look for their own connections.
                let url = format!("{url}{joint}options=-csearch_path%3D{schema}&application_name={schema}");
                Self { location: Location::Postgres(url), kept_in: KeptIn::Schema(schema) }
            }
        }
    }

    pub fn backend(&self) -> Backend {
        Backend::of(&self.location)
    }

    pub fn url(&self) -> String {
        match &self.location {
            Location::Postgres(url) => url.clone(),
            Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        }
    }

    pub fn sql(&self) -> Sql {
        Sql::on(&self.location)
    }

    /// Where a server on this database stores its keys.
    pub fn keys_location(&self) -> Location {
        match &self.location {
            Location::Postgres(url) => Location::Postgres(url.clone()),
            Location::Sqlite(path) => Location::Sqlite(path.with_file_name("keys.db")),
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let KeptIn::Schema(schema) = &self.kept_in else { return };
        let drop = format!(
            "set lock_timeout = '10s'; drop schema {schema} cascade; drop schema if exists keys_of_{schema} cascade"
        );
        // A background job of a server that is just stopping may hold a table, and wait for another one.
        let is_final = |dropped: &Result<(), String>| {
            !dropped.as_ref().is_err_and(|why| why.contains("deadlock detected"))
        };
        let mut tries = (0..3).map(|_| on_server(&drop));
        let dropped = tries.find(is_final).unwrap_or_else(|| on_server(&drop));
        // A second panic, while a failed test unwinds, would abort the process and hide the first.
        if !thread::panicking() {
            dropped.unwrap();
        }
    }
}

pub fn postgres_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect("this test is ignored without TEST_DATABASE_URL")
}

fn on_server(statements: &str) -> Result<(), String> {
    let mut server = PgConnection::establish(&postgres_url()).map_err(|e| e.to_string())?;
    server.batch_execute(statements).map_err(|e| e.to_string())
}
