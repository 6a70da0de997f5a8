//! The value of a sealed column: [`PersonKeys::seal`] is the only way in, [`OpenRow::open`] the only way out.
use super::{
    cipher::key_number,
    columns::{ColumnTag, SealedColumn},
    data_keys::PersonKeys,
};
use crate::store::{Lent, LentBytes};
use diesel::{
    ExpressionMethods, QueryResult,
    backend::Backend,
    deserialize::{FromSql, FromSqlRow},
    dsl,
    result::Error,
    sql_types::Binary,
};
use std::{fmt, marker::PhantomData};

/// What the row at hand holds in the column `C`. It shows nothing until it is opened.
#[derive(FromSqlRow)]
pub struct Sealed<C> {
    stored: LentBytes,
    column: PhantomData<fn() -> C>,
}

impl<C> Clone for Sealed<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Sealed<C> {}

impl<C, DB: Backend> FromSql<Binary, DB> for Sealed<C>
where
    LentBytes: FromSql<Binary, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self { stored: LentBytes::from_sql(value)?, column: PhantomData })
    }
}

impl<C> fmt::Debug for Sealed<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// Which row of its table: its id, or the two parts of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowKey(pub i64, pub i64);

impl From<i64> for RowKey {
    fn from(id: i64) -> Self {
        Self(id, 0)
    }
}

/// What a sealed text is bound to: moved to another person, row or column, it does not open.
struct Place {
    person: i64,
    row: RowKey,
    column: ColumnTag,
    key_number: u8,
}

impl Place {
    /// Two blocks of the cipher.
    const LENGTH: usize = 3 * 8 + 1 + ColumnTag::LENGTH;

    fn bytes(&self) -> [u8; Place::LENGTH] {
        let mut bytes = [0; Place::LENGTH];
        bytes[..8].copy_from_slice(&self.person.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.row.0.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.row.1.to_be_bytes());
        bytes[24] = self.key_number;
        bytes[25..].copy_from_slice(&self.column.bytes());
        bytes
    }
}

impl PersonKeys {
    /// Sets the column to this text, in this row.
    pub(crate) fn seal<C>(&self, column: C, row: impl Into<RowKey>, text: &str) -> dsl::Eq<C, Vec<u8>>
    where
        C: SealedColumn + ExpressionMethods<SqlType = Binary>,
    {
        column.eq(self.sealed(C::TAG, row.into(), text))
    }

    pub(super) fn sealed(&self, column: ColumnTag, row: RowKey, text: &str) -> Vec<u8> {
        let key = self.newest();
        let place = Place { person: self.person(), row, column, key_number: key.number() };
        key.seal(&place.bytes(), text)
    }
}

/// Opens what one row holds.
pub(crate) struct OpenRow<'k> {
    pub(super) keys: Option<&'k PersonKeys>,
    pub(super) person: i64,
    pub(super) row: RowKey,
    /// Whether there may be texts that were stored before their column was sealed.
    pub(super) unsealed_too: bool,
}

impl OpenRow<'_> {
    /// # Errors
    /// When it was altered or moved, or its key is lost.
    pub(crate) fn open<C: SealedColumn>(&self, sealed: Sealed<C>) -> QueryResult<Lent> {
        let opened = sealed.stored.read(|stored| self.text(C::TAG, stored).map(Lent::of));
        opened.ok_or_else(|| self.unreadable(C::FULL_NAME))
    }

    fn text<'b>(&self, column: ColumnTag, stored: &'b mut [u8]) -> Option<&'b str> {
        match key_number(stored) {
            Some(key_number) => {
                let place = Place { person: self.person, row: self.row, column, key_number };
                self.keys?.numbered(key_number)?.open(&place.bytes(), stored)
            }
            None if self.unsealed_too => std::str::from_utf8(stored).ok(),
            None => None,
        }
    }

    /// Somebody has to look at this: it is no mistake of a client's.
    fn unreadable(&self, column: &'static str) -> Error {
        let Self { person, row, .. } = *self;
        metrics::counter!(UNREADABLE).increment(1);
        tracing::error!(column, ?row, person, "a sealed text does not open");
        Error::DeserializationError(Box::new(Unreadable { column, row }))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{column} of {row:?} does not open: it was altered or moved, or its key is lost")]
struct Unreadable {
    column: &'static str,
    row: RowKey,
}

const UNREADABLE: &str = "sealed_texts_unreadable_total";

pub fn register_metrics() {
    metrics::describe_counter!(UNREADABLE, "Sealed texts that were altered or moved, or whose key is lost");
    metrics::counter!(UNREADABLE).absolute(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_are_the_same_bytes() {
        let place = |person, row, column, key_number| {
            Place { person, row, column: ColumnTag::of(column), key_number }.bytes()
        };
        let places = [
            place(1, RowKey(2, 3), "notes.body", 1),
            place(2, RowKey(2, 3), "notes.body", 1),
            place(1, RowKey(3, 3), "notes.body", 1),
            place(1, RowKey(2, 0), "notes.body", 1),
            place(1, RowKey(2, 3), "notes.bod", 1),
            place(1, RowKey(2, 3), "notes.title", 1),
            place(1, RowKey(2, 3), "notes.body", 2),
        ];
        for (n, place) in places.iter().enumerate() {
            assert!(!places[n + 1..].contains(place), "{n}");
        }
    }
}
