//! The fields of a body, read one after another; every refusal is kept, because clients show all of them at once.
use super::{Input, NestedErrors, Refusal};
use domain::shared::{FieldError, FieldErrors, Patch};
use serde_json::{Map, Value};

pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    is_form: bool,
    pub field_errors: FieldErrors,
}

impl<'a> Fields<'a> {
    pub fn of(input: &'a Input) -> Result<Self, Refusal> {
        Ok(Self { object: input.object()?, is_form: input.is_form, field_errors: FieldErrors::default() })
    }

    /// Must be there.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Option<T> {
        let value = match self.object.get(name) {
            None => Err(FieldError::Required),
            Some(value) => not_null(value).and_then(read),
        };
        self.field_errors.check(name, value)
    }

    /// May be missing; then it has its type's default value.
    pub fn defaulted<T: Default>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Option<T> {
        let value = match self.object.get(name) {
            None => Ok(T::default()),
            Some(value) => not_null(value).and_then(read),
        };
        self.check_unless_left_blank(name, value)
    }

    /// May be missing, and may be null.
    pub fn nullable<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Option<Option<T>> {
        let value = match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some),
        };
        self.check_unless_left_blank(name, value)
    }

    /// May be missing, and may be null: then it has its type's default value.
    pub fn optional<T: Default>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.nullable(name, read).map(Option::unwrap_or_default)
    }

    /// A partial change: what is missing stays.
    pub fn patch<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Patch<T> {
        if self.object.contains_key(name) {
            self.required(name, read).map_or(Patch::Keep, Patch::Set)
        } else {
            Patch::Keep
        }
    }

    /// A partial change of what may be null.
    pub fn patch_nullable<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Patch<Option<T>> {
        match self.object.get(name) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Set(None),
            Some(value) => {
                let value = read(value).map(Some);
                self.check_unless_left_blank(name, value).map_or(Patch::Keep, Patch::Set)
            }
        }
    }

    /// A partial change of what null gives its default value.
    pub fn patch_optional<T: Default>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, FieldError>,
    ) -> Patch<T> {
        match self.patch_nullable(name, read) {
            Patch::Keep => Patch::Keep,
            Patch::Set(value) => Patch::Set(value.unwrap_or_default()),
        }
    }

    /// The whole, if no field was refused; otherwise all refusals, in the order of the body's own fields.
    ///
    /// # Errors
    /// [`Refusal::Fields`].
    pub fn finish<T>(self, whole: Option<T>, order: &[&str]) -> Result<T, Refusal> {
        match whole {
            Some(whole) if self.field_errors.is_empty() => Ok(whole),
            _ => Err(NestedErrors::from(self.field_errors.ordered(order)).into()),
        }
    }

    /// A form sends a blank for an input that was left empty. Where a blank is no value, it is an absence.
    fn check_unless_left_blank<T: Default>(
        &mut self,
        name: &'static str,
        value: Result<T, FieldError>,
    ) -> Option<T> {
        let blank = self.is_form && self.object.get(name).is_some_and(|value| value == "");
        match value {
            Err(_) if blank => Some(T::default()),
            value => self.field_errors.check(name, value),
        }
    }
}

fn not_null(value: &Value) -> Result<&Value, FieldError> {
    if value.is_null() { Err(FieldError::Null) } else { Ok(value) }
}
