//! Where the temporary database is, and that it is gone when the bench ends.
use crate::{
    Done,
    options::{Common, Database},
};
use postgres::{Client, NoTls};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};
use tempfile::TempDir;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Location {
    pub(crate) fn parse(url: &str) -> Done<Self> {
        match url.strip_prefix("sqlite://") {
            Some(path) => Ok(Self::Sqlite(path.into())),
            None if url.starts_with("postgres") => Ok(Self::Postgres(url.to_owned())),
            None => Err("a database is sqlite://… or postgres://…".into()),
        }
    }
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// A folder for one server's files, and its database: an SQLite file in it, or a schema of its own.
#[derive(Debug)]
pub(crate) struct ServerFolder {
    folder: TempDir,
    pub location: Location,
    schema: Option<(String, String)>,
}

impl ServerFolder {
    pub(crate) fn fresh(common: &Common) -> Done<Self> {
        let folder = tempfile::Builder::new().prefix("carebase-bench-").tempdir()?;
        match common.database {
            Database::Sqlite => {
                let location = Location::Sqlite(folder.path().join("carebase.db"));
                Ok(Self { folder, location, schema: None })
            }
            Database::Postgres => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let why = "PostgreSQL needs --database-url (or TEST_DATABASE_URL)";
                let url = common.database_url.clone().ok_or(why)?;
                let schema = format!("bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
                Client::connect(&url, NoTls)?.batch_execute(&format!("create schema {schema}"))?;
                let joint = if url.contains('?') { '&' } else { '?' };
                let location = Location::Postgres(format!("{url}{joint}options=-csearch_path%3D{schema}"));
                Ok(Self { folder, location, schema: Some((url, schema)) })
            }
        }
    }
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for ServerFolder {
    fn drop(&mut self) {
        let Some((url, schema)) = &self.schema else { return };
        let both = format!("drop schema {schema} cascade; drop schema if exists keys_of_{schema} cascade");
        let gone = Client::connect(url, NoTls).and_then(|mut client| client.batch_execute(&both));
        if let Err(why) = gone {
            say!("bench: the schema {schema} is still there: {why}");
        }
    }
}
