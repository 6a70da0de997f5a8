//! The id of a row before the row is there: what is sealed in it is bound to it.
use super::{Conn, Db};
use diesel::{
    OptionalExtension, QueryDsl, QueryResult, RunQueryDsl, define_sql_function, select, sql_types::Text,
};

define_sql_function! {
    /// PostgreSQL reads the text as the name of a sequence.
    fn nextval(sequence: Text) -> BigInt;
}
diesel::table! {
    sqlite_sequence (name) {
        name -> Text,
        seq -> BigInt,
    }
}

/// Of a table that counts its ids. Nobody else is given it: SQLite has one writer, PostgreSQL a sequence.
pub(crate) fn next_id(conn: &mut Conn, table: &str) -> QueryResult<i64> {
    match &mut conn.db {
        Db::Postgres(c) => select(nextval(format!("{table}_id_seq"))).get_result(&mut ***c),
        Db::Sqlite(c) => {
            let last = sqlite_sequence::table.find(table).select(sqlite_sequence::seq);
            let last: Option<i64> = last.get_result(&mut **c).optional()?;
            Ok(last.unwrap_or(0) + 1)
        }
    }
}
