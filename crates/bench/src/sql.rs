//! One plain connection to either database, with the settings that the server gives its own: nothing between the bench and
//! the store but prepared statements.
use crate::{Done, sealed::SealedTexts, server_folder::Location};
use chrono::NaiveDateTime;
use postgres::{
    Client, NoTls, Statement,
    types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use std::{borrow::Cow, collections::HashMap, error::Error};

/// As `infra/src/store/settings.rs` sets them.
const SQLITE: &str = "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000;";
const POSTGRES: &str = "SET statement_timeout = '2s'; SET lock_timeout = '1500ms'; SET timezone = 'UTC';";
/// More statements than a scenario has: none is prepared twice.
const STATEMENTS: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Flag(bool),
    Text(Cow<'static, str>),
    At(NaiveDateTime),
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}
impl From<NaiveDateTime> for Value {
    fn from(at: NaiveDateTime) -> Self {
        Self::At(at)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// As diesel writes it on SQLite; PostgreSQL reads it too.
pub(crate) fn instant(at: NaiveDateTime) -> String {
    at.format("%F %T%.f").to_string()
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Self::Int(n) => ToSqlOutput::Owned(SqliteValue::Integer(*n)),
            Self::Flag(flag) => ToSqlOutput::Owned(SqliteValue::Integer(i64::from(*flag))),
            Self::Text(text) => ToSqlOutput::from(text.as_ref()),
            Self::At(at) => ToSqlOutput::Owned(SqliteValue::Text(instant(*at))),
        })
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => n.to_sql(ty, out),
            Self::Flag(flag) => flag.to_sql(ty, out),
            Self::Text(text) => text.as_ref().to_sql(ty, out),
            Self::At(at) => at.to_sql(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

pub(crate) struct Connection {
    pub db: Db,
    sealed: SealedTexts,
}

pub(crate) enum Db {
    Sqlite(rusqlite::Connection),
    Postgres { client: Box<Client>, prepared: HashMap<&'static str, Statement> },
}

impl Connection {
    pub(crate) fn open(location: &Location) -> Done<Self> {
        let db = match location {
            Location::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path)?;
                connection.set_prepared_statement_cache_capacity(STATEMENTS);
                connection.execute_batch(SQLITE)?;
                Db::Sqlite(connection)
            }
            Location::Postgres(url) => {
                let mut client = Box::new(Client::connect(url, NoTls)?);
                client.batch_execute(POSTGRES)?;
                Db::Postgres { client, prepared: HashMap::new() }
            }
        };
        Ok(Self { db, sealed: SealedTexts::new()? })
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Done {
        match &mut self.db {
            Db::Sqlite(connection) => connection.execute_batch(sql)?,
            Db::Postgres { client, .. } => client.batch_execute(sql)?,
        }
        Ok(())
    }

    /// Runs a prepared statement to its end, reads every column and opens what is sealed: how many rows it gave, and the last one's
    /// first column where that is an id.
    pub(crate) fn ask(&mut self, sql: &'static str, values: &[Value]) -> Done<Rows> {
        let Self { db, sealed } = self;
        match db {
            Db::Sqlite(connection) => ask_sqlite(connection, sealed, sql, values),
            Db::Postgres { client, prepared } => {
                if !prepared.contains_key(sql) {
                    prepared.insert(sql, client.prepare(sql)?);
                }
                let statement = prepared.get(sql).ok_or("a statement that was prepared is gone")?;
                ask_postgres(client, statement, sealed, values)
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    pub count: usize,
    pub id: Option<i64>,
}

impl Rows {
    pub(crate) fn expect(self, count: usize) -> Done<Self> {
        if self.count == count {
            Ok(self)
        } else {
            Err(format!("a statement gave {} rows, not {count}", self.count).into())
        }
    }
}

fn ask_sqlite(
    connection: &rusqlite::Connection,
    sealed: &mut SealedTexts,
    sql: &str,
    values: &[Value],
) -> Done<Rows> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let (mut count, mut id) = (0, None);
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Blob(stored) | ValueRef::Text(stored) = row.get_ref(column)? {
                sealed.open(stored)?;
            }
        }
        id = row.get(0).ok();
        count += 1;
    }
    Ok(Rows { count, id })
}

fn ask_postgres(
    client: &mut Client,
    statement: &Statement,
    sealed: &mut SealedTexts,
    values: &[Value],
) -> Done<Rows> {
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
    let rows = client.query(statement, &values)?;
    for row in &rows {
        for (n, column) in row.columns().iter().enumerate() {
            if *column.type_() == Type::BYTEA
                && let Some(stored) = row.try_get(n)?
            {
                sealed.open(stored)?;
            }
        }
    }
    let id = rows.last().and_then(|row| row.try_get::<_, i64>(0).ok());
    Ok(Rows { count: rows.len(), id })
}
