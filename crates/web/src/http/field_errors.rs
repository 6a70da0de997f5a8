//! Every refused field of a body, as deep as the body is. Clients show all of them at once.
use domain::shared::{Invalid, Violations};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<(FieldKey, FieldProblem)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKey {
    Name(&'static str),
    /// Of an item in a list, from 0.
    Index(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldProblem {
    Invalid(Invalid),
    /// Of the object or list that the field holds.
    Nested(FieldErrors),
}

impl From<Violations> for FieldErrors {
    fn from(violations: Violations) -> Self {
        let flat = |(name, why)| (FieldKey::Name(name), FieldProblem::Invalid(why));
        Self(violations.0.into_iter().map(flat).collect())
    }
}
