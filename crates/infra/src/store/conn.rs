//! One connection, of either database, and what the change that runs on it will have to tell.
use super::pool::{PgPooled, SqlitePooled};
use domain::messaging::Hint;

pub(crate) enum Db {
    Postgres(PgPooled),
    Sqlite(SqlitePooled),
}

pub struct Conn {
    pub(crate) db: Db,
    /// What is published when this change is committed, and only then.
    hints: Vec<Hint>,
}

impl Conn {
    pub(super) fn new(db: Db) -> Self {
        Self { db, hints: vec![] }
    }
    pub(crate) fn tells(&mut self, hint: Hint) {
        self.hints.push(hint);
    }
    /// What the next change on this connection tells is its own.
    pub(super) fn take_hints(&mut self) -> Vec<Hint> {
        std::mem::take(&mut self.hints)
    }
    /// What was rolled back tells nothing.
    pub(super) fn forget(&mut self) {
        self.hints.clear();
    }
}

/// `on!(conn, |c| query)` compiles the query once per backend, with `c` the concrete diesel connection: the compiler
/// checks it against both, and each keeps its whole dialect and its statement cache.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match &mut $conn.db {
            $crate::store::Db::Postgres(c) => $crate::store::run::<diesel::PgConnection, _>(c, |$c| $body),
            $crate::store::Db::Sqlite(c) => $crate::store::run::<diesel::SqliteConnection, _>(c, |$c| $body),
        }
    };
}
pub(crate) use on;

/// Fixes the closure's connection type, so that `?` and inference work inside the macro's body.
pub(crate) fn run<C, T>(
    c: &mut C,
    query: impl FnOnce(&mut C) -> diesel::QueryResult<T>,
) -> diesel::QueryResult<T> {
    query(c)
}
