//! People for the tests of every module.
use super::{AccountId, Caller, Person, Role, Roles};

fn caller(id: i64, username: &str, names: (&str, &str), roles: Roles) -> Caller {
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
        roles,
    };
    person.into()
}

pub(crate) fn sarah() -> Caller {
    caller(7, "sarah", ("Sarah", "Connor"), Roles::PATIENT)
}

pub(crate) fn house() -> Caller {
    caller(2, "house", ("Gregory", "House"), Roles::PATIENT.with(Role::Doctor))
}

pub(crate) fn stranger() -> Caller {
    caller(99, "stranger", ("", ""), Roles::PATIENT.with(Role::Doctor))
}

/// The same person, of the staff.
pub(crate) fn of_staff(caller: Caller) -> Caller {
    let roles = caller.person.roles.with(Role::Staff);
    Person { roles, ..caller.person }.into()
}
