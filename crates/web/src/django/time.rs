//! An instant on this family's wire.
use chrono::SecondsFormat;
use domain::shared::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

/// As Django writes it: UTC, six digits of a second, or none when they are all zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DjangoTime(pub Timestamp);

impl Serialize for DjangoTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(at) = self;
        let digits =
            if at.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
        serializer.serialize_str(&at.to_rfc3339_opts(digits, true))
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

impl ToSchema for DjangoTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_six_digits_or_none() {
        for (at, written) in [
            ("2025-07-21T15:07:05.470890Z", "\"2025-07-21T15:07:05.470890Z\""),
            ("2025-07-21T15:07:05Z", "\"2025-07-21T15:07:05Z\""),
            ("2025-07-21T15:07:05.5Z", "\"2025-07-21T15:07:05.500000Z\""),
        ] {
            assert_eq!(serde_json::to_string(&DjangoTime(at.parse().unwrap())).unwrap(), written);
        }
    }
}
