//! A body, declared once: what it holds, how each field is read, the order of its refusals, its bounds in the API document
//! (from the domain's constants), and its twin for a partial change.
//!
//! The crate `deserr` was considered: it has the parser with all errors at once, but neither a schema with the domain's
//! bounds nor the partial twin, and those are what would stand twice.
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat,
    schema::{SchemaType, Type},
};

/// ```ignore
/// body! {
///     /// What a new note takes.
///     NoteIn as "NewNote" => NoteDraft, for _notes: OwnedService<Note>, {
///         title: NoteTitle = required text,
///         body: Prose = defaulted text,
///     }
///     example { "title": "Ask the doctor" }
///     /// What of a note may be changed.
///     NotePatch as "NoteChange" => NoteEdit by { /// Which note.
///         note_pk } example { "note_pk": 1, "body": "done" }
/// }
/// ```
/// makes `NoteIn::read(&Input, &OwnedService<Note>) -> Result<NoteDraft, Refusal>`, `NotePatch::read` in the same way, and both
/// schemas. A field is `required`, `defaulted` or `nullable`, and read as `text`, `integer`, `boolean`, `choice`, `date(..)` or
/// `reference(..)`; `as "name"` says its name on the wire where that is another. `only new { .. }` adds fields that the
/// partial change does not have.
#[macro_export]
macro_rules! body {
    (@new [$($doc:literal)*] $new:ident $new_name:literal $draft:ident ($ctx:ident: $context:ty)
        { $( $(#[doc = $field_doc:literal])* $field:ident $(as $wire:literal)? : $ty:ty = $presence:ident $kind:ident $(($($arg:tt)*))? ),+ $(,)? }
        [$({ $( $(#[doc = $extra_doc:literal])* $extra:ident : $extra_ty:ty = $extra_presence:ident $extra_kind:ident $(($($extra_arg:tt)*))? ),+ $(,)? })?]
        $example:tt
    ) => {
        /// The fields as they were read; `None` where one was refused.
        pub(crate) struct $new {
            $( pub(crate) $field: Option<$crate::body!(@holds $presence $ty)>, )+
            $( $( pub(crate) $extra: Option<$crate::body!(@holds $extra_presence $extra_ty)>, )+ )?
        }
        impl $new {
            pub(crate) const ORDER: &'static [&'static str] = &[
                $( $crate::body!(@wire $field $($wire)?), )+ $( $( stringify!($extra), )+ )?
            ];
            pub(crate) fn parts(fields: &mut $crate::http::Fields<'_>, $ctx: &$context) -> Self {
                let _ = $ctx;
                Self {
                    $( $field: fields.$presence(
                        $crate::body!(@wire $field $($wire)?), $crate::body!(@read $kind $ty $(, $($arg)*)?)), )+
                    $( $( $extra: fields.$extra_presence(
                        stringify!($extra), $crate::body!(@read $extra_kind $extra_ty $(, $($extra_arg)*)?)), )+ )?
                }
            }
            pub(crate) fn whole(self) -> Option<$draft> {
                Some($draft { $( $field: self.$field?, )+ })
            }
            #[allow(dead_code, reason = "a body with a check of its own is read by its parts")]
            pub(crate) fn read(input: &$crate::http::Input, $ctx: &$context) -> Result<$draft, $crate::http::Refusal> {
                let mut fields = $crate::http::Fields::of(input)?;
                let parts = Self::parts(&mut fields, $ctx);
                fields.finish(parts.whole(), Self::ORDER)
            }
        }
        $crate::body!(@schema [$($doc)*] $new $new_name $example, |object| {
            $( let object = $crate::body!(@property object, $presence, $crate::body!(@wire $field $($wire)?),
                $crate::body!(@bounds $kind $ty $(, $($arg)*)?), [$($field_doc)*]); )+
            $( $( let object = $crate::body!(@property object, $extra_presence, stringify!($extra),
                $crate::body!(@bounds $extra_kind $extra_ty $(, $($extra_arg)*)?), [$($extra_doc)*]); )+ )?
            object
        });
    };
    (@change [$($doc:literal)*] $change:ident $change_name:literal $edit:ident ($ctx:ident: $context:ty)
        { $( $(#[doc = $field_doc:literal])* $field:ident $(as $wire:literal)? : $ty:ty = $presence:ident $kind:ident $(($($arg:tt)*))? ),+ $(,)? }
        [$({ $(#[doc = $key_doc:literal])* $key:ident })?]
        $example:tt
    ) => {
        pub(crate) struct $change;
        impl $change {
            pub(crate) const ORDER: &'static [&'static str] = &[$( $crate::body!(@wire $field $($wire)?), )+];
            pub(crate) fn parts(fields: &mut $crate::http::Fields<'_>, $ctx: &$context) -> $edit {
                let _ = $ctx;
                $edit {
                    $( $field: $crate::body!(@patch fields, $presence, $crate::body!(@wire $field $($wire)?),
                        $crate::body!(@read $kind $ty $(, $($arg)*)?)), )+
                }
            }
            #[allow(dead_code, reason = "a body with a check of its own is read by its parts")]
            pub(crate) fn read(input: &$crate::http::Input, $ctx: &$context) -> Result<$edit, $crate::http::Refusal> {
                let mut fields = $crate::http::Fields::of(input)?;
                let edit = Self::parts(&mut fields, $ctx);
                fields.finish(Some(edit), Self::ORDER)
            }
        }
        $crate::body!(@schema [$($doc)*] $change $change_name $example, |object| {
            $( let object = $crate::body!(@property object, required, stringify!($key),
                $crate::http::declare::id(), [$($key_doc)*]); )?
            $( let object = $crate::body!(@property object, defaulted, $crate::body!(@wire $field $($wire)?),
                $crate::body!(@bounds $kind $ty $(, $($arg)*)?), [$($field_doc)*]); )+
            object
        });
    };
    (@schema [$($doc:literal)*] $name:ident $wire_name:literal $example:tt, |$object:ident| $properties:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let $object = utoipa::openapi::ObjectBuilder::new();
                let object: utoipa::openapi::ObjectBuilder = $properties;
                $crate::http::declare::body(object, concat!($($doc, "\n",)* ""), serde_json::json!($example))
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($wire_name)
            }
        }
    };
    (@holds nullable $ty:ty) => { Option<$ty> };
    (@holds $presence:ident $ty:ty) => { $ty };
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
    (@patch $fields:ident, nullable, $name:expr, $read:expr) => { $fields.patch_nullable($name, $read) };
    (@patch $fields:ident, $presence:ident, $name:expr, $read:expr) => { $fields.patch($name, $read) };
    (@read text $ty:ty $(, $format:ident)?) => { $crate::http::text(<$ty>::parse) };
    (@read integer $ty:ty) => { $crate::http::integer(<$ty>::parse) };
    (@read choice $ty:ty) => { $crate::http::choice(<$ty>::parse) };
    (@read boolean $ty:ty) => { $crate::http::boolean };
    (@read date $ty:ty, $parse:expr) => { $crate::http::date($parse) };
    (@read reference $ty:ty, $find:expr) => { $crate::http::reference($find) };
    (@bounds text $ty:ty) => { $crate::http::declare::text(<$ty>::MAX, <$ty>::parse("").is_err()) };
    (@bounds text $ty:ty, $format:ident) => {
        $crate::http::declare::text(<$ty>::MAX, <$ty>::parse("").is_err())
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::$format)))
    };
    (@bounds integer $ty:ty) => { $crate::http::declare::integer(<$ty>::MIN, <$ty>::MAX) };
    (@bounds choice $ty:ty) => { $crate::http::declare::word() };
    (@bounds boolean $ty:ty) => { $crate::http::declare::boolean() };
    (@bounds date $ty:ty, $parse:expr) => { $crate::http::declare::date() };
    (@bounds reference $ty:ty, $find:expr) => { $crate::http::declare::id() };
    (@property $object:ident, required, $name:expr, $bounds:expr, [$($doc:literal)*]) => {
        $object.property($name, $crate::http::declare::property($bounds, concat!($($doc, "\n",)* ""))).required($name)
    };
    (@property $object:ident, $presence:ident, $name:expr, $bounds:expr, [$($doc:literal)*]) => {
        $object.property($name, $crate::http::declare::property($bounds, concat!($($doc, "\n",)* "")))
    };
    (
        $(#[doc = $doc:literal])*
        $new:ident as $new_name:literal => $draft:ident, for $ctx:ident: $context:ty, $fields:tt
        $(only new $extra:tt)?
        example $example:tt
        $(
            $(#[doc = $change_doc:literal])*
            $change:ident as $change_name:literal => $edit:ident $(by $key:tt)?
            example $change_example:tt
        )?
    ) => {
        $crate::body!(@new [$($doc)*] $new $new_name $draft ($ctx: $context) $fields [$($extra)?] $example);
        $( $crate::body!(@change [$($change_doc)*] $change $change_name $edit ($ctx: $context) $fields [$($key)?] $change_example); )?
    };
}

/// A body that names something: a field that is missing or cannot name anything is `None`, and the use case refuses it as it
/// refuses what does not exist. A field is read as `id` or as `text(..)`.
#[macro_export]
macro_rules! keys {
    (
        $(#[doc = $doc:literal])*
        $name:ident as $wire_name:literal {
            $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $kind:ident $(($($arg:tt)*))? ),+ $(,)?
        }
        example $example:tt
    ) => {
        pub(crate) struct $name {
            $( pub(crate) $field: Option<$ty>, )+
        }
        impl $name {
            /// # Errors
            /// A body that is no object.
            pub(crate) fn read(input: &$crate::http::Input) -> Result<Self, $crate::http::Refusal> {
                input.object()?;
                Ok(Self { $( $field: $crate::keys!(@read $kind input, stringify!($field), $ty $(, $($arg)*)?), )+ })
            }
        }
        $crate::body!(@schema [$($doc)*] $name $wire_name $example, |object| {
            $( let object = $crate::body!(@property object, required, stringify!($field),
                $crate::keys!(@bounds $kind), [$($field_doc)*]); )+
            object
        });
    };
    (@read id $input:ident, $name:expr, $ty:ty) => { $input.id($name).map(<$ty>::new) };
    (@read text $input:ident, $name:expr, $ty:ty, $parse:expr) => { $input.text($name).and_then(|raw| ($parse)(&raw)) };
    (@bounds id) => { $crate::http::declare::id() };
    (@bounds text) => { $crate::http::declare::word() };
}

/// With at most `max` characters.
pub fn text(max: usize, not_blank: bool) -> ObjectBuilder {
    of(Type::String).max_length(Some(max)).min_length(not_blank.then_some(1))
}

pub fn word() -> ObjectBuilder {
    of(Type::String)
}

pub fn boolean() -> ObjectBuilder {
    of(Type::Boolean)
}

pub fn integer(min: impl Into<i64>, max: impl Into<i64>) -> ObjectBuilder {
    of(Type::Integer).minimum(Some(min.into())).maximum(Some(max.into()))
}

pub fn date() -> ObjectBuilder {
    of(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
}

pub fn id() -> ObjectBuilder {
    of(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))).minimum(Some(1))
}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

pub fn property(object: ObjectBuilder, description: &str) -> RefOr<Schema> {
    let description = description.trim();
    let object = object.description((!description.is_empty()).then(|| description.to_owned()));
    RefOr::T(Schema::Object(object.build()))
}

pub fn body(object: ObjectBuilder, description: &str, example: serde_json::Value) -> RefOr<Schema> {
    RefOr::T(Schema::Object(object.description(Some(description.trim())).examples([example]).build()))
}
