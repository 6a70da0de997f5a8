//! A person, wherever one appears: version 2's keys in their order, then version 1's telephone number.
use crate::words;
use chrono::NaiveDate;
use domain::identity::{Person, Role, Roles, Sex};
use serde::{Serialize, Serializer, ser::Error};
use sonic_rs::{OwnedLazyValue, to_lazyvalue};
use std::borrow::Cow;
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
pub(crate) struct UserOut<'a> {
    #[schema(example = 7)]
    id: i64,
    #[schema(example = "sarah", max_length = 150)]
    username: Cow<'a, str>,
    #[schema(example = "sarah@example.com", max_length = 254)]
    email: Cow<'a, str>,
    /// Empty when it was not given, like every name here.
    #[schema(example = "Sarah", max_length = 150)]
    first_name: Cow<'a, str>,
    #[schema(example = "", max_length = 20)]
    father_name: Cow<'a, str>,
    #[schema(example = "Connor", max_length = 150)]
    last_name: Cow<'a, str>,
    /// Null when nobody asked.
    #[schema(example = "F", value_type = Option<SexWords>, required)]
    sex: Option<&'static str>,
    /// From 1900-01-01 to today.
    #[serde(serialize_with = "day")]
    #[schema(format = Date, example = "1965-02-28", value_type = Option<String>, required)]
    date_of_birth: Option<NaiveDate>,
    #[serde(serialize_with = "groups")]
    #[schema(example = json!(["Patient"]), value_type = Vec<GroupNames>)]
    groups: Roles,
    #[schema(example = "", max_length = 15)]
    phone_number: Cow<'a, str>,
}

/// The old server's groups, in their order. It told nobody who is staff.
const GROUPS: [(Role, &str); 2] = [(Role::Doctor, "Doctor"), (Role::Patient, "Patient")];

fn groups<S: Serializer>(roles: &Roles, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(GROUPS.iter().filter(|(role, _)| roles.has(*role)).map(|(_, name)| name))
}

fn day<S: Serializer>(day: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}

impl<'a, S: Into<Cow<'a, str>>> From<Person<S>> for UserOut<'a> {
    fn from(person: Person<S>) -> Self {
        Self {
            id: person.id.get(),
            username: person.username.into(),
            email: person.email.into(),
            first_name: person.first_name.into(),
            father_name: person.father_name.into(),
            last_name: person.last_name.into(),
            sex: person.sex.map(Sex::as_str),
            date_of_birth: person.date_of_birth,
            groups: person.roles,
            phone_number: person.phone_number.into(),
        }
    }
}

/// Somebody who appears in every line of an answer, written out once: serialising them anew for each line costs more than
/// the line itself. Or why they could not be written.
pub(super) struct WrittenUser(sonic_rs::Result<OwnedLazyValue>);

impl From<Person> for WrittenUser {
    fn from(person: Person) -> Self {
        Self(to_lazyvalue(&UserOut::from(person)))
    }
}

impl Serialize for WrittenUser {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map_err(S::Error::custom)?.serialize(serializer)
    }
}
