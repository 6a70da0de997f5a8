//! An instant as a column keeps it, in UTC: written as diesel writes it. SQLite keeps it as text, and diesel's way back
//! through chrono's formats costs more than all the rest of a row: this reads the one form that we write, and leaves every
//! other one to diesel.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    backend::Backend,
    deserialize::{FromSql, FromSqlRef, FromSqlRow, Result},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, Output, ToSql},
    sql_types::{Text, Timestamp},
    sqlite::Sqlite,
};

#[derive(Debug, Clone, Copy, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct At(NaiveDateTime);

impl From<domain::shared::Timestamp> for At {
    fn from(at: domain::shared::Timestamp) -> Self {
        Self(at.naive_utc())
    }
}

impl From<At> for domain::shared::Timestamp {
    fn from(at: At) -> Self {
        at.0.and_utc()
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for At
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl FromSql<Timestamp, Pg> for At {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> Result<Self> {
        FromSql::<Timestamp, Pg>::from_sql(value).map(Self)
    }
}

impl FromSql<Timestamp, Sqlite> for At {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> Result<Self> {
        // As text, which it is: asked for the bytes of a text, diesel copies the value into memory of its own.
        match <&str as FromSqlRef<'_, Text, Sqlite>>::from_sql(&mut value).map(parsed)? {
            Some(at) => Ok(Self(at)),
            None => FromSql::<Timestamp, Sqlite>::from_sql(value).map(Self),
        }
    }
}

/// `2025-07-21 15:07:05`, with a fraction of up to nine digits or none.
fn parsed(text: &str) -> Option<NaiveDateTime> {
    let bytes = text.as_bytes();
    let separators = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if !separators.iter().all(|(at, separator)| bytes.get(*at) == Some(separator)) {
        return None;
    }
    let part = |from: usize, to: usize| number(bytes.get(from..to)?);
    let day = NaiveDate::from_ymd_opt(part(0, 4)?.try_into().ok()?, part(5, 7)?, part(8, 10)?)?;
    day.and_hms_nano_opt(part(11, 13)?, part(14, 16)?, part(17, 19)?, nanos(bytes.get(19..)?)?)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

fn nanos(fraction: &[u8]) -> Option<u32> {
    match fraction {
        [] => Some(0),
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            Some(number(digits)? * 10_u32.pow(u32::try_from(9 - digits.len()).ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_write_is_read_as_chrono_reads_it() {
        for text in [
            "2025-07-21 15:07:05",
            "2025-07-21 15:07:05.1",
            "2025-07-21 15:07:05.470890",
            "2025-07-21 00:00:00.000001",
            "2024-02-29 23:59:59.999999999",
            "0001-01-01 00:00:00",
        ] {
            let expected = NaiveDateTime::parse_from_str(text, "%F %T%.f").unwrap();
            assert_eq!(parsed(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn every_other_form_is_left_to_diesel() {
        for text in [
            "",
            "2025-07-21",
            "2025-07-21T15:07:05",
            "2025-07-21 15:07",
            "2025-07-21 15:07:05Z",
            "2025-07-21 15:07:05.",
            "2025-07-21 15:07:05.1234567890",
            "2025-07-21 15:07:05.12x",
            "2025-02-30 15:07:05",
            "2025-07-21 24:00:00",
            "+025-07-21 15:07:05",
            "2025-07-21 15:07:0\u{660}",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
