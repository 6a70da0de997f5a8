//! A person, wherever one appears: version 2's keys in their order, then version 1's telephone number.
use crate::{http::Refusal, words};
use domain::identity::{Person, Role, Sex};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use utoipa::ToSchema;

words! {
    /// Blank when its owner keeps it to themselves.
    SexWords as "Sex" = Sex::ALL.map(Sex::as_str)
}
words! {
    GroupNames as "Group" = GROUPS.map(|(_, name)| name)
}

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
    /// Null when nobody asked.
    #[schema(example = "F", value_type = Option<SexWords>, required)]
    sex: Option<&'static str>,
    /// From 1900-01-01 to today.
    #[schema(format = Date, example = "1965-02-28", required)]
    date_of_birth: Option<String>,
    #[schema(example = json!(["Patient"]), value_type = Vec<GroupNames>)]
    groups: Vec<&'static str>,
    #[schema(example = "", max_length = 15)]
    phone_number: String,
}

/// The old server's groups, in their order. It told nobody who is staff.
const GROUPS: [(Role, &str); 2] = [(Role::Doctor, "Doctor"), (Role::Patient, "Patient")];

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
            groups: GROUPS
                .into_iter()
                .filter(|(role, _)| person.roles.has(*role))
                .map(|(_, name)| name)
                .collect(),
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
    pub(super) fn of(person: Person) -> Result<Self, Refusal> {
        let written = to_raw_value(&UserOut::from(person)).map_err(Refusal::internal)?;
        Ok(Self(written.into()))
    }
}
