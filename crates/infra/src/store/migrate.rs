//! The schema, brought up to date under a lock of its own, so that several nodes may start at once.
use super::{Location, settings};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    migration::{Migration, MigrationSource, MigrationVersion},
    sql_query,
    sql_types::{BigInt, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::shared::StoreError;
use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
pub(super) const KEYS_SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/keys/sqlite");
pub(super) const KEYS_POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/keys/postgres");
/// An advisory lock's number in PostgreSQL: "care" in ASCII.
const LOCK: i64 = 0x6361_7265;
/// The oldest PostgreSQL that we test against.
const POSTGRES_MIN: i64 = 130_000;

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The versions that this run applied.
    pub applied: Vec<String>,
    /// The name that this database was given when it was made: what belongs to it elsewhere is kept under it.
    pub installation: String,
}

/// Creates or updates the schema.
///
/// # Errors
/// When the database cannot be reached or changed, is too old a PostgreSQL, or was made by a newer carebase.
pub fn migrate(location: &Location) -> Result<Migrated, StoreError> {
    location.prepare().map_err(StoreError::unavailable)?;
    match location {
        Location::Postgres(url) => migrate_postgres(url),
        Location::Sqlite(path) => migrate_sqlite(path),
    }
    .map_err(StoreError::unavailable)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

pub(super) const INSTALLATION: &str = "SELECT name FROM house";

#[derive(QueryableByName)]
pub(super) struct Name {
    #[diesel(sql_type = Text)]
    pub(super) name: String,
}

/// Creates or updates the schema of the keys.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_keys(location: &Location) -> Result<(), StoreError> {
    location.prepare().map_err(StoreError::unavailable)?;
    match location {
        Location::Postgres(url) => migrate_keys_postgres(url),
        Location::Sqlite(path) => lock_sqlite(path).and_then(|(_lock, mut c)| apply(&mut c, KEYS_SQLITE)),
    }
    .map(drop)
    .map_err(StoreError::unavailable)
}

fn migrate_postgres(url: &str) -> Result<Migrated, Failure> {
    let mut c = lock_postgres(url)?;
    let applied = apply(&mut c, POSTGRES)?;
    Ok(Migrated { applied, installation: sql_query(INSTALLATION).get_result::<Name>(&mut c)?.name })
}

fn migrate_keys_postgres(url: &str) -> Result<Vec<String>, Failure> {
    let mut c = lock_postgres(url)?;
    let schema = settings::KEYS_SCHEMA;
    // Asked for first: to create one takes a right that is not needed where an administrator has made it.
    c.batch_execute(&format!(
        "DO $$ BEGIN IF to_regnamespace(quote_ident({schema})) IS NULL THEN \
         EXECUTE 'CREATE SCHEMA ' || quote_ident({schema}); END IF; END $$"
    ))?;
    settings::enter_keys_schema(&mut c)?;
    apply(&mut c, KEYS_POSTGRES)
}

/// The lock is held by the session: it ends with the connection, whatever happens in between.
fn lock_postgres(url: &str) -> Result<PgConnection, Failure> {
    let mut c = PgConnection::establish(&Location::with_limits(url))?;
    refuse_old_postgres(&mut c)?;
    // Whatever the role's own limits: another node's migration may take its time.
    c.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0;")?;
    sql_query(format!("SELECT pg_advisory_lock({LOCK})")).execute(&mut c)?;
    Ok(c)
}

fn migrate_sqlite(path: &Path) -> Result<Migrated, Failure> {
    let (_lock, mut c) = lock_sqlite(path)?;
    let applied = apply(&mut c, SQLITE)?;
    Ok(Migrated { applied, installation: sql_query(INSTALLATION).get_result::<Name>(&mut c)?.name })
}

fn lock_sqlite(path: &Path) -> Result<(File, SqliteConnection), Failure> {
    let lock = owner_only(&beside(path, "migrate.lock"))?;
    lock.lock()?;
    drop(owner_only(path)?);
    let mut c = SqliteConnection::establish(&path.display().to_string())?;
    settings::set_sqlite(&mut c, false)?;
    Ok((lock, c))
}

/// `carebase.db` and `migrate.lock` make `carebase.db.migrate.lock`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens or creates a file that only its owner may read: it holds health data.
pub(super) fn owner_only(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| format!("cannot open {}: {e}", path.display()).into())
}

fn apply<C>(c: &mut C, known: EmbeddedMigrations) -> Result<Vec<String>, Failure>
where
    C: Connection + MigrationHarness<C::Backend>,
    C::Backend: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    refuse_newer(c, &known)?;
    let applied = c.run_pending_migrations(known)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// A binary that does not know all of the schema would break it quietly.
pub(super) fn refuse_newer<C>(c: &mut C, known: &EmbeddedMigrations) -> Result<(), Failure>
where
    C: Connection + MigrationHarness<C::Backend>,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let migrations: Vec<Box<dyn Migration<C::Backend>>> = known.migrations()?;
    let known: BTreeSet<String> = migrations.iter().map(|m| m.name().version().to_string()).collect();
    let there: Vec<MigrationVersion<'_>> = c.applied_migrations()?;
    match there.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(version) => Err(format!(
            "the database was made by a newer carebase (it has migration {version}, unknown here): run that version"
        )
        .into()),
    }
}

pub(super) fn refuse_old_postgres(c: &mut PgConnection) -> Result<(), Failure> {
    let version = "SELECT current_setting('server_version_num')::bigint AS number";
    let Number { number } = sql_query(version).get_result(c)?;
    if number < POSTGRES_MIN {
        return Err(format!("PostgreSQL {} is too old: 13 or later is needed", number / 10_000).into());
    }
    Ok(())
}
