//! The schema of a body that is declared by `body!` or `keys!`, field by field.
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
    let SchemaType::Type(kind) = object.schema_type.clone() else { return object.into() };
    ObjectBuilder::from(object).schema_type(SchemaType::from_iter([kind, Type::Null]))
}

fn referred(mut reference: Ref, nullable: bool, description: &str) -> RefOr<Schema> {
    let description = text_of(description);
    if nullable {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        let either = OneOfBuilder::new().item(reference).item(null).description(description);
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

/// With at most `max` characters.
pub fn text(max: usize, not_blank: bool) -> ObjectBuilder {
    of(Type::String).max_length(Some(max)).min_length(not_blank.then_some(1))
}

pub fn any_text() -> ObjectBuilder {
    of(Type::String)
}

pub fn boolean() -> ObjectBuilder {
    of(Type::Boolean)
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
