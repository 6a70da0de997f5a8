//! People for the tests of every room.
use super::{AccountId, Caller, Groups, Person};

fn caller(id: i64, username: &str, names: (&str, &str), groups: Groups) -> Caller {
    let person = Person {
        id: AccountId::new(id),
        username: username.into(),
        email: format!("{username}@example.com"),
        first_name: names.0.into(),
        father_name: String::new(),
        last_name: names.1.into(),
        sex: None,
        date_of_birth: None,
        phone_number: String::new(),
        groups,
    };
    Caller { person, staff: false }
}

pub(crate) fn sarah() -> Caller {
    caller(7, "sarah", ("Sarah", "Connor"), Groups::PATIENT)
}

pub(crate) fn house() -> Caller {
    caller(2, "house", ("Gregory", "House"), Groups { doctor: true, patient: true })
}

pub(crate) fn stranger() -> Caller {
    caller(99, "stranger", ("", ""), Groups { doctor: true, patient: true })
}
