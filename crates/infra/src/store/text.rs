//! Text of a column as the row holds it, without a copy. diesel lends it for as long as its value stands, on each database
//! through a way of its own.
use diesel::{
    backend::Backend,
    deserialize::Result,
    pg::Pg,
    row::{Field, Row},
    sqlite::Sqlite,
};
use std::str::from_utf8;

pub(crate) trait LendsText: Backend {
    fn lend<T>(value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> Result<T>;
}

impl LendsText for Sqlite {
    fn lend<T>(mut value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> Result<T> {
        Ok(read(value.read_text()))
    }
}

impl LendsText for Pg {
    fn lend<T>(value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> Result<T> {
        Ok(read(from_utf8(value.as_bytes())?))
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
