//! The schema of a body that is declared by `body!` or `keys!`, field by field.
use super::values::{FALSE, TRUE};
use utoipa::{
    ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat,
        schema::{OneOfBuilder, SchemaType, Type},
    },
};

pub enum Presence {
    Required,
    /// May be missing.
    Optional,
    /// May be missing, and may be null.
    Nullable,
}

/// The schema of a body, field by field.
#[derive(Default)]
pub struct BodySchema {
    object: ObjectBuilder,
    /// The schemas that it refers to.
    pub words: Vec<(String, RefOr<Schema>)>,
}

/// What a field may hold.
pub enum Bounds {
    Value(ObjectBuilder),
    Either(OneOfBuilder),
    Words(Words),
}

/// A list of words by its name in the document.
pub struct Words {
    name: String,
    schema: RefOr<Schema>,
}

impl Words {
    pub fn of<W: ToSchema>() -> Self {
        Self { name: W::name().into_owned(), schema: W::schema() }
    }
}

impl From<ObjectBuilder> for Bounds {
    fn from(value: ObjectBuilder) -> Self {
        Self::Value(value)
    }
}

impl From<OneOfBuilder> for Bounds {
    fn from(either: OneOfBuilder) -> Self {
        Self::Either(either)
    }
}

impl From<Words> for Bounds {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl BodySchema {
    pub fn field(&mut self, name: &str, presence: Presence, bounds: impl Into<Bounds>, description: &str) {
        let nullable = matches!(presence, Presence::Nullable);
        let schema = match bounds.into() {
            Bounds::Value(value) => RefOr::T(Schema::Object(described(value, nullable, description).build())),
            Bounds::Either(either) => {
                let either = if nullable { either.item(null()) } else { either };
                RefOr::T(Schema::OneOf(either.description(text_of(description)).build()))
            }
            Bounds::Words(Words { name, schema }) => {
                let reference = Ref::from_schema_name(&name);
                self.words.push((name, schema));
                referred(reference, nullable, description)
            }
        };
        let object = std::mem::take(&mut self.object).property(name, schema);
        self.object = if matches!(presence, Presence::Required) { object.required(name) } else { object };
    }

    pub fn build(self, description: &str, example: serde_json::Value) -> RefOr<Schema> {
        let object = self.object.description(text_of(description)).examples([example]);
        RefOr::T(Schema::Object(object.build()))
    }
}

fn described(value: ObjectBuilder, nullable: bool, description: &str) -> ObjectBuilder {
    let value = value.description(text_of(description));
    if !nullable {
        return value;
    }
    let object = value.build();
    let kinds = match object.schema_type.clone() {
        SchemaType::Type(kind) => vec![kind, Type::Null],
        SchemaType::Array(kinds) => [kinds, vec![Type::Null]].concat(),
        SchemaType::AnyValue => return object.into(),
    };
    ObjectBuilder::from(object).schema_type(SchemaType::from_iter(kinds))
}

fn null() -> ObjectBuilder {
    of(Type::Null)
}

fn referred(mut reference: Ref, nullable: bool, description: &str) -> RefOr<Schema> {
    let description = text_of(description);
    if nullable {
        let either = OneOfBuilder::new().item(reference).item(null()).description(description);
        return RefOr::T(Schema::OneOf(either.build()));
    }
    reference.description = description.unwrap_or_default().to_owned();
    RefOr::Ref(reference)
}

fn text_of(doc: &str) -> Option<&str> {
    Some(doc.trim()).filter(|doc| !doc.is_empty())
}

pub fn words(description: &str, words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let object = of(Type::String).description(text_of(description)).enum_values(Some(words));
    RefOr::T(Schema::Object(object.build()))
}

/// What `parse` takes, with at most `max` characters: it is asked for the samples that tell one kind of text from another.
/// Numbers pass as text ([`super::values::text`]), where their digits do.
pub fn text<T, E>(max: usize, parse: impl Fn(&str) -> Result<T, E>) -> ObjectBuilder {
    let refuses = |sample: &str| parse(sample).is_err();
    let (blank, digits, float) = (!refuses(""), !refuses("0"), !refuses("-1.7976931348623157e308"));
    let object = ObjectBuilder::new().max_length(Some(max)).min_length((!blank).then_some(1));
    if !digits {
        // An address or a username has rules of its own, which no pattern here states.
        return object.schema_type(Type::String);
    }
    let kinds = [Type::String, if float { Type::Number } else { Type::Integer }];
    let pattern = if refuses("a\nb") {
        without(r"\u0000-\u001f\u007f-\u009f", blank)
    } else {
        without(r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f", blank)
    };
    object.schema_type(SchemaType::from_iter(kinds)).pattern(Some(pattern))
}

/// Text without these characters, but for the white space around it, which is taken off.
fn without(characters: &str, blank: bool) -> String {
    let first = if blank { String::new() } else { format!(r"[^\s{characters}]") };
    format!(r"^\s*{first}[^{characters}]*\s*$")
}

/// What else must be true of it is a setting of the server's.
pub fn secret(max: usize) -> ObjectBuilder {
    formatted(Type::String, KnownFormat::Password).max_length(Some(max)).min_length(Some(1))
}

pub fn any_text() -> ObjectBuilder {
    of(Type::String)
}

/// As [`super::values::boolean`] reads it.
pub fn boolean() -> OneOfBuilder {
    let words = of(Type::String).enum_values(Some(TRUE.iter().chain(&FALSE).copied()));
    let bits = of(Type::Integer).enum_values(Some([0, 1]));
    OneOfBuilder::new().item(of(Type::Boolean)).item(words).item(bits)
}

pub fn integer(min: impl Into<i64>, max: impl Into<i64>) -> ObjectBuilder {
    formatted(Type::Integer, KnownFormat::Int32).minimum(Some(min.into())).maximum(Some(max.into()))
}

pub fn date() -> ObjectBuilder {
    formatted(Type::String, KnownFormat::Date)
}

pub fn id() -> ObjectBuilder {
    formatted(Type::Integer, KnownFormat::Int64).minimum(Some(1))
}

fn formatted(kind: Type, format: KnownFormat) -> ObjectBuilder {
    of(kind).format(Some(SchemaFormat::KnownFormat(format)))
}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        identity::{Email, Username},
        shared::text::{Prose, line, not_blank},
    };
    use serde_json::json;

    fn one_line(raw: &str) -> Result<(), domain::shared::FieldError> {
        line(raw, 20).and_then(not_blank).map(drop)
    }

    #[test]
    fn the_schema_of_a_text_says_what_its_parse_takes() {
        let either = |number: &str| json!(["string", number]);
        let rows = [
            (
                text(20_000, Prose::parse),
                either("number"),
                Some(r"^\s*[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*\s*$"),
                None,
            ),
            (
                text(20, one_line),
                either("integer"),
                Some(r"^\s*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*\s*$"),
                Some(1),
            ),
            (text(Email::MAX, Email::parse), json!("string"), None, Some(1)),
            (text(Username::MAX, Username::parse), json!("string"), None, Some(1)),
        ];
        for (schema, kinds, pattern, min) in rows {
            let schema = serde_json::to_value(schema.build()).unwrap();
            assert_eq!(schema["type"], kinds);
            assert_eq!(
                (schema["pattern"].as_str(), schema["minLength"].as_u64()),
                (pattern, min),
                "{schema}"
            );
        }
    }

    #[test]
    fn the_words_for_true_and_false_are_those_that_are_read() {
        let schema = serde_json::to_value(boolean().build()).unwrap();
        let words = schema["oneOf"][1]["enum"].as_array().unwrap();
        assert_eq!(words.len(), 12);
        assert!(words.iter().all(|word| crate::http::boolean(word).is_ok()));
    }
}
