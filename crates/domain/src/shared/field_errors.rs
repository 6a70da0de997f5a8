//! Why raw input is no value of ours. Facts only: each wire family has its own words for them.
use chrono::NaiveDate;

/// Why one raw value was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    #[error("required")]
    Required,
    #[error("null")]
    Null,
    #[error("blank")]
    Blank,
    #[error("not text")]
    NotText,
    #[error("longer than {0} characters")]
    TooLong(usize),
    #[error("shorter than {0} characters")]
    TooShort(usize),
    /// A password that is guessed soon.
    #[error("too common")]
    TooCommon,
    #[error("contains NUL")]
    NulCharacter,
    #[error("contains a control character")]
    ControlCharacter,
    #[error("not an integer")]
    NotInteger,
    #[error("not a boolean")]
    NotBoolean,
    #[error("not a date")]
    NotDate,
    /// Text, but of the wrong form: a username with a space, an address without a domain.
    #[error("malformed")]
    Malformed,
    /// None of the words that this field knows. Holds what was sent.
    #[error("not one of the choices: {0}")]
    NotAChoice(String),
    #[error("out of range")]
    OutOfRange,
    #[error("before {0}")]
    Before(NaiveDate),
    #[error("after {0}")]
    After(NaiveDate),
    /// Somebody or something else has it already.
    #[error("taken")]
    Taken,
    /// The one that may refer to it exists already. Holds what that is.
    #[error("there is a {0} already")]
    TakenBy(&'static str),
    /// A reference to an object that does not exist, or that the caller may not know of. Holds what was sent.
    #[error("no such object: {0}")]
    UnknownReference(String),
    /// A reference of a wrong type. Holds the type's name on the wire.
    #[error("not a reference: {0}")]
    NotAReference(&'static str),
}

impl FieldError {
    /// Not sent, or null, or blank.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Required | Self::Null | Self::Blank)
    }
}

/// Every field that was refused: clients expect all of them at once.
#[derive(Debug, Default, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid input in {} field(s)", .0.len())]
pub struct FieldErrors(pub Vec<(&'static str, FieldError)>);

impl FieldErrors {
    pub fn one(field: &'static str, why: FieldError) -> Self {
        Self(vec![(field, why)])
    }
    pub fn add(&mut self, field: &'static str, why: FieldError) {
        self.0.push((field, why));
    }
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|why| self.add(field, why)).ok()
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// In the order in which `fields` names them; what it does not name comes last.
    #[must_use]
    pub fn ordered(mut self, fields: &[&str]) -> Self {
        self.0.sort_by_key(|(field, _)| fields.iter().position(|f| f == field).unwrap_or(usize::MAX));
        self
    }
}
