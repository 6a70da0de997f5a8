//! A person, wherever one appears: version 2's keys in their order, then version 1's telephone number.
use crate::http::Problem;
use chrono::SecondsFormat;
use domain::{
    identity::{Person, Sex},
    shared::Timestamp,
};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserOut {
    #[schema(example = 7)]
    id: i64,
    #[schema(example = "sarah", max_length = 150)]
    username: String,
    #[schema(example = "sarah@example.com", max_length = 254)]
    email: String,
    /// Empty when it was not given, like every name here.
    #[schema(example = "Sarah", max_length = 150)]
    first_name: String,
    #[schema(example = "", max_length = 20)]
    father_name: String,
    #[schema(example = "Connor", max_length = 150)]
    last_name: String,
    /// `M`, `F`, blank when its owner keeps it to themselves, null when nobody asked.
    #[schema(example = "F")]
    sex: Option<&'static str>,
    /// From 1900-01-01 to today.
    #[schema(format = Date, example = "1965-02-28")]
    date_of_birth: Option<String>,
    /// Of `Doctor` and `Patient`.
    #[schema(example = json!(["Patient"]))]
    groups: Vec<&'static str>,
    #[schema(example = "", max_length = 15)]
    phone_number: String,
}

impl From<Person> for UserOut {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.get(),
            username: person.username,
            email: person.email,
            first_name: person.first_name,
            father_name: person.father_name,
            last_name: person.last_name,
            sex: person.sex.map(Sex::as_str),
            date_of_birth: person.date_of_birth.map(|day| day.to_string()),
            groups: person.groups.names().collect(),
            phone_number: person.phone_number,
        }
    }
}

/// Somebody who appears in every line of an answer, written out once: serialising them anew for each line costs more than
/// the line itself.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(super) struct WrittenUser(Arc<RawValue>);

impl WrittenUser {
    pub(super) fn of(person: Person) -> Result<Self, Problem> {
        let written = to_raw_value(&UserOut::from(person)).map_err(Problem::broken)?;
        Ok(Self(written.into()))
    }
}

/// As Django writes an instant: six digits of a second, or none when they are all zero.
pub(super) fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let digits = if at.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    serializer.serialize_str(&at.to_rfc3339_opts(digits, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_six_digits_or_none() {
        #[derive(Serialize)]
        struct At(#[serde(serialize_with = "instant")] Timestamp);
        for (at, written) in [
            ("2025-07-21T15:07:05.470890Z", "\"2025-07-21T15:07:05.470890Z\""),
            ("2025-07-21T15:07:05Z", "\"2025-07-21T15:07:05Z\""),
            ("2025-07-21T15:07:05.5Z", "\"2025-07-21T15:07:05.500000Z\""),
        ] {
            assert_eq!(serde_json::to_string(&At(at.parse().unwrap())).unwrap(), written);
        }
    }
}
