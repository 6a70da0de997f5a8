//! Text or bytes of a column as the row holds them, without a copy.
use diesel::{
    backend::Backend,
    deserialize::{FromSqlRef, Result},
    row::{Field, Row},
    sql_types::{Binary, Text},
};

/// A database whose rows lend their texts and bytes: both do. `FromSqlRef` is public only with diesel's feature for third-party
/// backends. `SqliteValue::read_text` is public without it, but validates UTF-8 twice: 5 % of the CPU time of a list.
pub(crate) trait LendsText: Backend {
    fn lend<T>(value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> Result<T>;
    fn lend_bytes<T>(value: Self::RawValue<'_>, read: impl FnOnce(&[u8]) -> T) -> Result<T>;
}

impl<DB: Backend> LendsText for DB
where
    for<'a> &'a str: FromSqlRef<'a, Text, DB>,
    for<'a> &'a [u8]: FromSqlRef<'a, Binary, DB>,
{
    fn lend<T>(mut value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> Result<T> {
        <&str>::from_sql(&mut value).map(read)
    }
    fn lend_bytes<T>(mut value: Self::RawValue<'_>, read: impl FnOnce(&[u8]) -> T) -> Result<T> {
        <&[u8]>::from_sql(&mut value).map(read)
    }
}

/// What `read` makes of the text in one column of a row. Neither SQL's null nor a missing column is text.
pub(crate) fn text_of<'a, DB: LendsText, T>(
    row: &impl Row<'a, DB>,
    at: usize,
    read: impl FnOnce(&str) -> T,
) -> Result<T> {
    let field = row.get(at).ok_or(diesel::result::UnexpectedEndOfRow)?;
    let value = field.value().ok_or_else(|| Box::new(diesel::result::UnexpectedNullError))?;
    DB::lend(value, read)
}
