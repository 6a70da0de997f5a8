//! People for the tests of every module.
use super::{AccountId, Caller, Person, Role, Roles};

fn caller(id: AccountId, username: &str, names: (&str, &str), roles: Roles) -> Caller {
    let person = Person {
        id,
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

pub fn sarah() -> Caller {
    patient(AccountId::new(7))
}

pub fn patient(id: AccountId) -> Caller {
    caller(id, "sarah", ("Sarah", "Connor"), Roles::PATIENT)
}

pub fn house() -> Caller {
    caller(AccountId::new(2), "house", ("Gregory", "House"), Roles::PATIENT.with(Role::Doctor))
}

pub fn stranger() -> Caller {
    caller(AccountId::new(99), "stranger", ("", ""), Roles::PATIENT.with(Role::Doctor))
}

/// The same person, of the staff.
pub fn of_staff(caller: Caller) -> Caller {
    let roles = caller.person.roles.with(Role::Staff);
    Person { roles, ..caller.person }.into()
}
