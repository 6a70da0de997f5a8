//! The rows of a sealed column, for SQL that knows no types: any table is read and written by the same statements.
use super::columns::ColumnSql;
use crate::store::{Conn, Db, on};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable},
};

#[derive(QueryableByName)]
pub(super) struct Stored {
    #[diesel(sql_type = BigInt)]
    pub row_a: i64,
    #[diesel(sql_type = BigInt)]
    pub row_b: i64,
    #[diesel(sql_type = BigInt)]
    pub person: i64,
    #[diesel(sql_type = Binary)]
    pub stored: Vec<u8>,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Binary)]
    stored: Vec<u8>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
}

/// The next rows after this one, in the order of their key.
pub(super) fn batch(
    conn: &mut Conn,
    column: &ColumnSql,
    after: (i64, i64),
    limit: usize,
) -> QueryResult<Vec<Stored>> {
    let ColumnSql { table, column: name, row, person, .. } = column;
    let (row_b, order) = (row.get(1).unwrap_or(&"cast(0 as bigint)"), row.join(", "));
    let after = match row {
        [id] => format!("{id} > {}", after.0),
        parts => format!("({}) > ({}, {})", parts.join(", "), after.0, after.1),
    };
    // An edit between this and the update would be lost.
    let locked =
        if matches!(conn.db, Db::Postgres(_)) { format!("for update of {table}") } else { String::new() };
    let query = sql_query(format!(
        "select {} as row_a, {row_b} as row_b, {person} as person, {name} as stored from {table} \
         where {after} order by {order} limit {limit} {locked}",
        row[0]
    ));
    on!(conn, |c| query.load(c))
}

/// How many rows were changed.
pub(super) fn replace(
    conn: &mut Conn,
    column: &ColumnSql,
    of: &Stored,
    sealed: Vec<u8>,
) -> QueryResult<usize> {
    let ColumnSql { table, column: name, row, .. } = column;
    let key = row.iter().zip([of.row_a, of.row_b]).map(|(part, value)| format!("{part} = {value}"));
    let key = key.collect::<Vec<_>>().join(" and ");
    let update = sql_query(format!("update {table} set {name} = $1 where {key}")).bind::<Binary, _>(sealed);
    on!(conn, |c| update.execute(c))
}

/// `None` when the table is empty.
pub(super) fn oldest(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Option<Vec<u8>>> {
    first(conn, column, "asc")
}

/// `None` when the table is empty.
pub(super) fn newest(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Option<Vec<u8>>> {
    first(conn, column, "desc")
}

fn first(conn: &mut Conn, column: &ColumnSql, direction: &str) -> QueryResult<Option<Vec<u8>>> {
    let ColumnSql { table, column: name, row, .. } = column;
    let order = row.iter().map(|part| format!("{part} {direction}")).collect::<Vec<_>>().join(", ");
    let query = sql_query(format!("select {name} as stored from {table} order by {order} limit 1"));
    on!(conn, |c| query.get_result::<Value>(c).optional()).map(|value| value.map(|Value { stored }| stored))
}

/// The largest number in the first column of the key.
pub(super) fn last_number(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Option<i64>> {
    let query = sql_query(format!("select max({}) as number from {}", column.row[0], column.table));
    on!(conn, |c| query.get_result::<Number>(c)).map(|Number { number }| number)
}
