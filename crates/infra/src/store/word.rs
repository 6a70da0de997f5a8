//! A word of a closed list, as a column keeps it.
use super::LendsText;
use diesel::{
    deserialize::{FromSql, FromSqlRow, Result},
    sql_types::Text,
};

/// Read where the row lends it, without a copy.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub struct Word<W>(pub W);

/// A type whose values the store keeps as words.
pub(crate) trait StoredWord: Sized {
    fn read(word: &str) -> Option<Self>;
}

impl<DB: LendsText, W: StoredWord> FromSql<Text, DB> for Word<W> {
    fn from_sql(value: DB::RawValue<'_>) -> Result<Self> {
        DB::lend(value, |word| W::read(word).map(Self).ok_or_else(|| format!("unknown: {word:?}").into()))?
    }
}

/// For types with `ALL` and `as_str`.
macro_rules! stored_words {
    ($($word:ty),+) => {
        $(impl $crate::store::StoredWord for $word {
            fn read(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|known| known.as_str() == word)
            }
        })+
    };
}
pub(crate) use stored_words;
