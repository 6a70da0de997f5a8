//! An instant on this family's wire.
use chrono::{Datelike, Timelike};
use domain::shared::Timestamp;
use serde::{Serialize, Serializer, ser::Error};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

/// As Django writes it: UTC, six digits of a second, or none when they are all zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DjangoTime(pub Timestamp);

/// Digit by digit: every row of a list has an instant, and chrono's formatting allocates for each. All of them come from the
/// server's clock, so that a year has four digits.
impl Serialize for DjangoTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Each part of an instant with a zone is reckoned from its offset anew.
        let at = self.0.naive_utc();
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let micros = at.nanosecond() / 1_000;
        let parts = [
            (0..4, at.year().unsigned_abs()),
            (5..7, at.month()),
            (8..10, at.day()),
            (11..13, at.hour()),
            (14..16, at.minute()),
            (17..19, at.second()),
            (20..26, micros),
        ];
        for (place, number) in parts {
            write_digits(&mut text[place], number);
        }
        let mut length = text.len();
        if micros == 0 {
            (text[19], length) = (b'Z', 20);
        }
        serializer.serialize_str(std::str::from_utf8(&text[..length]).map_err(S::Error::custom)?)
    }
}

fn write_digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl PartialSchema for DjangoTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2025-07-21T15:07:05.470890Z"])
            .into()
    }
}

impl ToSchema for DjangoTime {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_six_digits_or_none() {
        for (at, written) in [
            ("2025-07-21T15:07:05.470890Z", "\"2025-07-21T15:07:05.470890Z\""),
            ("2025-07-21T15:07:05Z", "\"2025-07-21T15:07:05Z\""),
            ("2025-07-21T15:07:05.5Z", "\"2025-07-21T15:07:05.500000Z\""),
            ("0999-12-31T23:59:59.000001Z", "\"0999-12-31T23:59:59.000001Z\""),
        ] {
            assert_eq!(serde_json::to_string(&DjangoTime(at.parse().unwrap())).unwrap(), written);
        }
    }
}
