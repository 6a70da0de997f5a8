//! What every connection is told when it is opened, and what it must then say of itself: a setting that did not take
//! effect is a connection that is not used.
use super::health_checked::TrackedConnection;
use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    r2d2::{CustomizeConnection, Error},
    sql_query,
    sql_types::{BigInt, Text},
};

/// `busy_timeout` first: setting the journal mode needs a lock, and would not wait for it.
/// `cache_size`: 2 MB for each of a few connections; the operating system caches the rest.
/// `wal_autocheckpoint`: pages (160 MB) after which a COMMIT makes the checkpoint that a thread of its own should have made
/// (`group/checkpoints.rs`). `journal_size_limit`: a log that was larger (64 MB) is cut to it when it is begun anew.
/// `synchronous = FULL`: an answer is sent after COMMIT, and a commit must survive a power cut.
const SQLITE: &str = "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; \
    PRAGMA wal_autocheckpoint = 40000; PRAGMA journal_size_limit = 67108864;";

/// A statement that takes longer than 2 s has the caller told 503, not waiting.
const POSTGRES: &str = "SET statement_timeout = '2s'; SET lock_timeout = '1500ms'; \
    SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC'; SET client_encoding = 'UTF8';";

#[derive(Debug, Clone, Copy)]
pub(super) struct SqliteSettings {
    pub query_only: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum PostgresSettings {
    Data,
    /// In the schema of the keys.
    Keys,
}

/// Beside the schema of the data, so that several installations may share a database.
pub(super) const KEYS_SCHEMA: &str = "'keys_of_' || current_schema()";

#[derive(QueryableByName)]
struct SqliteSays {
    #[diesel(sql_type = Text)]
    journal_mode: String,
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
    #[diesel(sql_type = BigInt)]
    foreign_keys: i64,
    #[diesel(sql_type = BigInt)]
    busy_timeout: i64,
    #[diesel(sql_type = BigInt)]
    query_only: i64,
}

#[derive(QueryableByName)]
struct PostgresSays {
    #[diesel(sql_type = Text)]
    statement_timeout: String,
    #[diesel(sql_type = Text)]
    timezone: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    server_encoding: String,
}

impl CustomizeConnection<SqliteConnection, Error> for SqliteSettings {
    fn on_acquire(&self, c: &mut SqliteConnection) -> Result<(), Error> {
        set_sqlite(c, self.query_only).map_err(Error::QueryError)
    }
}

/// # Errors
/// When a setting cannot be made, or does not read back.
pub(super) fn set_sqlite(c: &mut SqliteConnection, query_only: bool) -> diesel::QueryResult<()> {
    c.batch_execute(SQLITE)?;
    if query_only {
        c.batch_execute("PRAGMA query_only = ON;")?;
    }
    let says: SqliteSays = sql_query(
        "SELECT journal_mode, synchronous, foreign_keys, timeout AS busy_timeout, query_only FROM \
         pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout, pragma_query_only",
    )
    .get_result(c)?;
    let as_told = says.journal_mode == "wal"
        && says.synchronous == 2
        && says.foreign_keys == 1
        && says.busy_timeout == 2000
        && (says.query_only == 1) == query_only;
    if as_told {
        Ok(())
    } else {
        Err(not_as_told(
            "SQLite did not take journal_mode, synchronous, foreign_keys, busy_timeout or query_only",
        ))
    }
}

impl CustomizeConnection<TrackedConnection<PgConnection>, Error> for PostgresSettings {
    fn on_acquire(&self, c: &mut TrackedConnection<PgConnection>) -> Result<(), Error> {
        set_postgres(c).map_err(Error::QueryError)?;
        match self {
            Self::Data => Ok(()),
            Self::Keys => enter_keys_schema(c).map_err(Error::QueryError),
        }
    }
}

/// # Errors
/// When a setting cannot be made, or does not read back; when the server would lose commits or letters.
pub(super) fn set_postgres(c: &mut PgConnection) -> diesel::QueryResult<()> {
    c.batch_execute(POSTGRES)?;
    let says: PostgresSays = sql_query(
        "SELECT current_setting('statement_timeout') AS statement_timeout, current_setting('TimeZone') AS timezone, \
         current_setting('synchronous_commit') AS synchronous_commit, current_setting('server_encoding') AS server_encoding",
    )
    .get_result(c)?;
    if says.statement_timeout != "2s" || says.timezone != "UTC" {
        return Err(not_as_told("PostgreSQL did not take statement_timeout or timezone"));
    }
    if says.synchronous_commit == "off" {
        return Err(not_as_told(
            "PostgreSQL has synchronous_commit = off: it would lose acknowledged work; turn it on",
        ));
    }
    if says.server_encoding != "UTF8" {
        return Err(not_as_told(
            "the PostgreSQL database is not encoded in UTF8: create it with ENCODING 'UTF8'",
        ));
    }
    Ok(())
}

pub(super) fn enter_keys_schema(c: &mut PgConnection) -> diesel::QueryResult<()> {
    sql_query(format!("SELECT set_config('search_path', quote_ident({KEYS_SCHEMA}), false)"))
        .execute(c)
        .map(drop)
}

fn not_as_told(what: &str) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(what.into())
}
