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

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::{Connection, QueryResult, RunQueryDsl, SqliteConnection, dsl::sql, result::Error, select};
    use std::error::Error as _;

    /// A type of no module.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Answer {
        Yes,
        No,
    }

    impl Answer {
        const ALL: [Self; 2] = [Self::Yes, Self::No];
        fn as_str(self) -> &'static str {
            if self == Self::Yes { "yes" } else { "no" }
        }
    }
    stored_words!(Answer);

    /// As a column that holds this expression.
    fn read(expression: &str) -> QueryResult<Answer> {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        select(sql::<Text>(expression)).get_result(&mut connection).map(|Word(answer)| answer)
    }

    #[test]
    fn a_word_is_read_and_one_that_nobody_knows_is_named() {
        assert_eq!(["'yes'", "'no'"].map(|word| read(word).unwrap()), Answer::ALL);
        for broken in ["'Yes'", "'yes '", "''", "'perhaps'"] {
            let error = read(broken).unwrap_err();
            let word = broken.trim_matches('\'');
            assert!(matches!(error, Error::DeserializationError(_)), "{error:?}");
            // The log tells of every cause.
            assert_eq!(error.source().unwrap().to_string(), format!("unknown: {word:?}"));
        }
        assert!(matches!(read("null"), Err(Error::DeserializationError(_))));
    }
}
