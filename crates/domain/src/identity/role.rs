//! What a caller is known to be. A role is a type, and only a check makes it.
use super::{AccountId, Person, Role};
use crate::shared::IdempotencyKey;

/// Who is asking: the proof that a token was good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub person: Person,
    /// Of this request, on routes that know it.
    pub key: Option<IdempotencyKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs another role")]
pub struct WrongRole;

impl From<Person> for Caller {
    fn from(person: Person) -> Self {
        Self { person, key: None }
    }
}

impl Caller {
    pub fn id(&self) -> AccountId {
        self.person.id
    }
    pub fn is_staff(&self) -> bool {
        self.person.roles.has(Role::Staff)
    }
    /// # Errors
    /// [`WrongRole`] for anybody who is no patient.
    pub fn patient(&self) -> Result<Patient<'_>, WrongRole> {
        if self.person.roles.has(Role::Patient) { Ok(Patient(&self.person)) } else { Err(WrongRole) }
    }
    /// # Errors
    /// [`WrongRole`] for anybody who is no doctor.
    pub fn doctor(&self) -> Result<Doctor<'_>, WrongRole> {
        if self.person.roles.has(Role::Doctor) { Ok(Doctor(&self.person)) } else { Err(WrongRole) }
    }
}

/// A caller who is known to be a patient. Nothing but [`Caller::patient`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Patient<'a>(&'a Person);

impl Patient<'_> {
    pub fn id(&self) -> AccountId {
        self.0.id
    }
    pub fn full_name(&self) -> String {
        self.0.full_name()
    }
}

/// A caller who is known to be a doctor. Nothing but [`Caller::doctor`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Doctor<'a>(&'a Person);

impl Doctor<'_> {
    pub fn id(&self) -> AccountId {
        self.0.id
    }
    pub fn person(&self) -> &Person {
        self.0
    }
    pub fn full_name(&self) -> String {
        self.0.full_name()
    }
}
