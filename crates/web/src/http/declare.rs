//! A body, declared once: what it holds, how each field is read, the order of its refusals, its bounds in the API document
//! (from the domain's constants), and its twin for a partial change.
//!
//! The crate `deserr` was considered: it has the parser with all errors at once, but neither a schema with the domain's
//! bounds nor the partial twin, and those are what would stand twice.
pub use super::body_schema::{
    BodySchema, Bounds, Presence, Words, any_text, boolean, date, id, integer, secret, text, words,
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
/// makes `NoteIn::read(&Input, &OwnedService<Note>) -> Result<NoteDraft, Refusal>`, `NotePatch::read` in the same way, and
/// both schemas. A field is `required`, `defaulted`, `optional` or `nullable`, and read as `text`, `secret(..)`, `word(Words)`,
/// `integer`, `boolean`, `choice(Words)`, `date(..)` or `reference(..)`; `as "name"` says its name on the wire where that
/// is another. `only new { .. }` adds fields that the partial change does not have. `change NotePatch as ..` declares a partial
/// change alone.
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
        $crate::body!(@schema [$($doc)*] $new $new_name $example, |schema| {
            $( schema.field($crate::body!(@wire $field $($wire)?), $crate::body!(@presence $presence),
                $crate::body!(@bounds $kind $ty $(, $($arg)*)?), concat!($($field_doc, "\n",)* "")); )+
            $( $( schema.field(stringify!($extra), $crate::body!(@presence $extra_presence),
                $crate::body!(@bounds $extra_kind $extra_ty $(, $($extra_arg)*)?), concat!($($extra_doc, "\n",)* "")); )+ )?
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
        $crate::body!(@schema [$($doc)*] $change $change_name $example, |schema| {
            $( schema.field(stringify!($key), $crate::body!(@presence defaulted),
                $crate::http::declare::id(), concat!($($key_doc, "\n",)* "")); )?
            $( schema.field($crate::body!(@wire $field $($wire)?), $crate::body!(@presence_in_change $presence),
                $crate::body!(@bounds $kind $ty $(, $($arg)*)?), concat!($($field_doc, "\n",)* "")); )+
        });
    };
    (@schema [$($doc:literal)*] $name:ident $wire_name:literal $example:tt, |$schema:ident| $fields:block) => {
        impl $name {
            fn declared() -> $crate::http::declare::BodySchema {
                let mut $schema = $crate::http::declare::BodySchema::default();
                $fields
                $schema
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                Self::declared().build(concat!($($doc, "\n",)* ""), serde_json::json!($example))
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($wire_name)
            }
            fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
                schemas.extend(Self::declared().words);
            }
        }
    };
    (@presence required) => { $crate::http::declare::Presence::Required };
    (@presence optional) => { $crate::http::declare::Presence::Nullable };
    (@presence nullable) => { $crate::http::declare::Presence::Nullable };
    (@presence $other:ident) => { $crate::http::declare::Presence::Optional };
    (@presence_in_change optional) => { $crate::http::declare::Presence::Nullable };
    (@presence_in_change nullable) => { $crate::http::declare::Presence::Nullable };
    (@presence_in_change $other:ident) => { $crate::http::declare::Presence::Optional };
    (@holds nullable $ty:ty) => { Option<$ty> };
    (@holds $presence:ident $ty:ty) => { $ty };
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
    (@patch $fields:ident, nullable, $name:expr, $read:expr) => { $fields.patch_nullable($name, $read) };
    (@patch $fields:ident, optional, $name:expr, $read:expr) => { $fields.patch_optional($name, $read) };
    (@patch $fields:ident, $presence:ident, $name:expr, $read:expr) => { $fields.patch($name, $read) };
    (@read text $ty:ty $(, $format:ident)?) => { $crate::http::text(<$ty>::parse) };
    (@read secret $ty:ty, $parse:expr) => { $crate::http::text($parse) };
    (@read integer $ty:ty) => { $crate::http::integer(<$ty>::parse) };
    (@read word $ty:ty, $words:ident) => { $crate::http::text(<$ty>::parse) };
    (@read choice $ty:ty, $words:ident) => { $crate::http::choice(<$ty>::parse) };
    (@read boolean $ty:ty) => { $crate::http::boolean };
    (@read date $ty:ty, $parse:expr) => { $crate::http::date($parse) };
    (@read reference $ty:ty, $find:expr) => { $crate::http::reference($find) };
    (@bounds text $ty:ty) => { $crate::http::declare::text(<$ty>::MAX, <$ty>::parse) };
    (@bounds text $ty:ty, $format:ident) => {
        $crate::http::declare::text(<$ty>::MAX, <$ty>::parse)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::$format)))
    };
    (@bounds secret $ty:ty, $parse:expr) => {
        $crate::http::declare::secret(<$ty>::MAX)
    };
    (@bounds integer $ty:ty) => { $crate::http::declare::integer(<$ty>::MIN, <$ty>::MAX) };
    (@bounds word $ty:ty, $words:ident) => { $crate::http::declare::Words::of::<$words>() };
    (@bounds choice $ty:ty, $words:ident) => { $crate::http::declare::Words::of::<$words>() };
    (@bounds boolean $ty:ty) => { $crate::http::declare::boolean() };
    (@bounds date $ty:ty, $parse:expr) => { $crate::http::declare::date() };
    (@bounds reference $ty:ty, $find:expr) => { $crate::http::declare::id() };
    (
        $(#[doc = $doc:literal])*
        change $change:ident as $change_name:literal => $edit:ident, for $ctx:ident: $context:ty, $fields:tt
        example $example:tt
    ) => {
        $crate::body!(@change [$($doc)*] $change $change_name $edit ($ctx: $context) $fields [] $example);
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
/// refuses what does not exist. A field is read as `id`, as `text(..)` or as `word(.., Words)`; it is `required` or, in a
/// `PATCH`, `optional` by name.
#[macro_export]
macro_rules! keys {
    (
        $(#[doc = $doc:literal])*
        $name:ident as $wire_name:literal {
            $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $presence:ident $kind:ident $(($($arg:tt)*))? ),+ $(,)?
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
        $crate::body!(@schema [$($doc)*] $name $wire_name $example, |schema| {
            $( schema.field(stringify!($field), $crate::body!(@presence $presence),
                $crate::keys!(@bounds $kind $(, $($arg)*)?), concat!($($field_doc, "\n",)* "")); )+
        });
    };
    (@read id $input:ident, $name:expr, $ty:ty) => { $input.id($name).map(<$ty>::new) };
    (@read text $input:ident, $name:expr, $ty:ty, $parse:expr) => { $input.text($name).and_then(|raw| ($parse)(&raw)) };
    (@read word $input:ident, $name:expr, $ty:ty, $parse:expr, $words:ident) => {
        $input.text($name).and_then(|raw| ($parse)(&raw))
    };
    (@bounds id) => { $crate::http::declare::id() };
    (@bounds text, $parse:expr) => { $crate::http::declare::any_text() };
    (@bounds word, $parse:expr, $words:ident) => { $crate::http::declare::Words::of::<$words>() };
}

/// A closed list of words, as a schema of its own: generated clients then have one type for it.
///
/// `words! { PainTypes as "PainType" = PainType::ALL.map(PainType::as_str) }`
#[macro_export]
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident as $wire_name:literal = $words:expr) => {
        pub(crate) struct $name;
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::declare::words(concat!($($doc, "\n",)* ""), $words)
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($wire_name)
            }
        }
    };
}
