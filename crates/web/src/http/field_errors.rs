//! Every refused field of a body, as deep as the body is. Clients show all of them at once.
use domain::shared::{FieldError, FieldErrors};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NestedErrors(pub Vec<(FieldKey, FieldProblem)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKey {
    Name(&'static str),
    /// Of an item in a list, from 0.
    Index(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldProblem {
    Invalid(FieldError),
    /// Of the object or list that the field holds.
    Nested(NestedErrors),
}

impl NestedErrors {
    /// As nested objects: under each field the list of its reasons, in the family's words, or the object of what it holds.
    pub fn to_json(&self, message: &dyn Fn(&str, &FieldError) -> String) -> Value {
        let mut body = Map::new();
        for (key, problem) in &self.0 {
            let name = match key {
                FieldKey::Name(name) => (*name).to_owned(),
                FieldKey::Index(index) => index.to_string(),
            };
            match problem {
                FieldProblem::Nested(nested) => drop(body.insert(name, nested.to_json(message))),
                FieldProblem::Invalid(why) => {
                    let sentence = message(&name, why);
                    if let Value::Array(list) = body.entry(name).or_insert_with(|| json!([])) {
                        list.push(sentence.into());
                    }
                }
            }
        }
        body.into()
    }
}

impl From<FieldErrors> for NestedErrors {
    fn from(field_errors: FieldErrors) -> Self {
        let flat = |(name, why)| (FieldKey::Name(name), FieldProblem::Invalid(why));
        Self(field_errors.0.into_iter().map(flat).collect())
    }
}
