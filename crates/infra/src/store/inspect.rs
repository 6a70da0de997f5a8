//! A database as it is found, looked at without changing it: for commands, which make none, and for `carebase check`.
use super::{
    Location,
    migrate::{
        Failure, INSTALLATION, KEYS_POSTGRES, KEYS_SQLITE, Name, POSTGRES, SQLITE, refuse_newer,
        refuse_old_postgres,
    },
    settings,
};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{LoadConnection, SimpleConnection},
    migration::MigrationSource,
    query_builder::SqlQuery,
    query_dsl::methods::LoadQuery,
    sql_query,
    sql_types::{Bool, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use domain::shared::StoreError;
use std::{fs, path::Path};

/// Whether any migration was ever run: diesel would create its table to find out.
const EVER_MIGRATED_SQLITE: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations') AS flag";
const EVER_MIGRATED_POSTGRES: &str = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS flag";

#[derive(QueryableByName)]
struct Flag {
    #[diesel(sql_type = Bool)]
    flag: bool,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

/// How far a schema has come.
enum Schema {
    Missing,
    /// So many migrations wait.
    Older(usize),
    Current,
}

/// The name of the installation, of a database that is there and up to date. Makes and migrates none: a command in a wrong
/// folder would speak to an empty database, and one of a newer version would take columns from under a running server.
///
/// # Errors
/// Which database was looked for, and what to do.
pub fn existing(location: &Location) -> Result<String, StoreError> {
    match location {
        Location::Postgres(url) => existing_postgres(url, location),
        Location::Sqlite(path) => existing_sqlite(path, location),
    }
    .map_err(StoreError::unavailable)
}

/// The same of the keys' database.
///
/// # Errors
/// As [`existing`].
pub(crate) fn existing_keys(location: &Location) -> Result<(), StoreError> {
    let found = match location {
        Location::Postgres(url) => {
            PgConnection::establish(&Location::with_limits(url)).map_err(Failure::from).and_then(|mut c| {
                settings::enter_keys_schema(&mut c)?;
                schema(&mut c, KEYS_POSTGRES, EVER_MIGRATED_POSTGRES)
            })
        }
        Location::Sqlite(path) if !path.exists() => Ok(Schema::Missing),
        Location::Sqlite(path) => {
            open_read_only(path).and_then(|mut c| schema(&mut c, KEYS_SQLITE, EVER_MIGRATED_SQLITE))
        }
    };
    let advice = "restore the keys from their backup, check KEYS_DATABASE_URL, or start the server once";
    found.and_then(|schema| up_to_date(&schema, location, advice)).map_err(StoreError::unavailable)
}

fn existing_postgres(url: &str, location: &Location) -> Result<String, Failure> {
    let mut c = PgConnection::establish(&Location::with_limits(url))?;
    refuse_old_postgres(&mut c)?;
    let schema = schema(&mut c, POSTGRES, EVER_MIGRATED_POSTGRES)?;
    up_to_date(&schema, location, "check DATABASE_URL, or make its tables: carebase migrate")?;
    Ok(sql_query(INSTALLATION).get_result::<Name>(&mut c)?.name)
}

fn existing_sqlite(path: &Path, location: &Location) -> Result<String, Failure> {
    let advice =
        "run this in the server's working folder or with its DATABASE_URL, or make one: carebase migrate";
    if !path.exists() {
        let path = std::path::absolute(path)?;
        return Err(format!("there is no database at {}: {advice}", path.display()).into());
    }
    let mut c = open_read_only(path)?;
    up_to_date(&schema(&mut c, SQLITE, EVER_MIGRATED_SQLITE)?, location, advice)?;
    Ok(sql_query(INSTALLATION).get_result::<Name>(&mut c)?.name)
}

fn up_to_date(schema: &Schema, location: &Location, advice: &str) -> Result<(), Failure> {
    match schema {
        Schema::Current => Ok(()),
        Schema::Missing => Err(format!("{location} holds no carebase: {advice}").into()),
        Schema::Older(waiting) => Err(format!(
            "{location} is of an older carebase ({waiting} migration(s) wait): restart the server, or stop it and run carebase migrate"
        )
        .into()),
    }
}

/// What an operator should know of a database before it is used: an empty list is a clean bill of health.
///
/// # Errors
/// When the database cannot be reached or does not take our settings.
pub fn check(location: &Location) -> Result<Vec<String>, StoreError> {
    match location {
        Location::Postgres(url) => check_postgres(url),
        Location::Sqlite(path) => check_sqlite(path),
    }
    .map_err(StoreError::unavailable)
}

fn check_postgres(url: &str) -> Result<Vec<String>, Failure> {
    let mut c = PgConnection::establish(&Location::with_limits(url))?;
    refuse_old_postgres(&mut c)?;
    settings::set_postgres(&mut c)?;
    let mut worries = pending(&mut c, POSTGRES, EVER_MIGRATED_POSTGRES)?;
    let fsync = "SELECT current_setting('fsync')::bool AS flag";
    if !sql_query(fsync).get_result::<Flag>(&mut c)?.flag {
        worries.push("PostgreSQL runs with fsync = off: a power cut can destroy the database".into());
    }
    Ok(worries)
}

fn check_sqlite(path: &Path) -> Result<Vec<String>, Failure> {
    if !path.exists() {
        return Ok(vec![]);
    }
    let mut c = open_read_only(path)?;
    let mut worries = pending(&mut c, SQLITE, EVER_MIGRATED_SQLITE)?;
    let found: Vec<Finding> =
        sql_query("SELECT quick_check AS finding FROM pragma_quick_check").load(&mut c)?;
    let damage = found.into_iter().map(|f| f.finding).find(|finding| finding != "ok");
    if let Some(damage) = damage {
        worries.push(format!("{} is damaged ({damage}): restore a backup", path.display()));
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path)?.permissions()) & 0o077 != 0 {
        worries.push(format!("{} can be read by others: chmod 600 it", path.display()));
    }
    Ok(worries)
}

/// What the server would set, it sets when it opens the file.
fn open_read_only(path: &Path) -> Result<SqliteConnection, Failure> {
    let mut c = SqliteConnection::establish(&path.display().to_string())?;
    c.batch_execute("PRAGMA busy_timeout = 2000; PRAGMA query_only = ON;")?;
    Ok(c)
}

fn pending<C>(c: &mut C, known: EmbeddedMigrations, ever_migrated: &str) -> Result<Vec<String>, Failure>
where
    C: Connection + MigrationHarness<C::Backend> + LoadConnection,
    EmbeddedMigrations: MigrationSource<C::Backend>,
    for<'q> SqlQuery: RunQueryDsl<C> + LoadQuery<'q, C, Flag>,
{
    Ok(match schema(c, known, ever_migrated)? {
        Schema::Current => vec![],
        Schema::Missing => vec!["no migration was ever run here: run carebase migrate".into()],
        Schema::Older(waiting) => vec![format!("{waiting} migration(s) wait: run carebase migrate")],
    })
}

fn schema<C>(c: &mut C, known: EmbeddedMigrations, ever_migrated: &str) -> Result<Schema, Failure>
where
    C: Connection + MigrationHarness<C::Backend> + LoadConnection,
    EmbeddedMigrations: MigrationSource<C::Backend>,
    for<'q> SqlQuery: RunQueryDsl<C> + LoadQuery<'q, C, Flag>,
{
    if !sql_query(ever_migrated).get_result::<Flag>(c)?.flag {
        return Ok(Schema::Missing);
    }
    refuse_newer(c, &known)?;
    Ok(match c.pending_migrations(known)?.len() {
        0 => Schema::Current,
        waiting => Schema::Older(waiting),
    })
}
