//! The shapes of a short answer and of a refusal.
#![expect(dead_code, reason = "only their schemas are used")]
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// As the framework answered.
#[derive(ToSchema)]
#[schema(as = Detail)]
pub(crate) struct DetailBody {
    detail: String,
}

/// As the views answered that wrote their refusal themselves.
#[derive(ToSchema)]
#[schema(as = Error)]
struct ErrorBody {
    error: String,
}

/// The refused fields, each with its reasons; `non_field_errors` for what is wrong with all of it.
#[derive(ToSchema)]
#[schema(as = FieldErrors)]
struct FieldErrorsBody(BTreeMap<String, Vec<String>>);

pub(crate) fn refusal_schema(body: &Value) -> (&'static str, RefOr<Schema>) {
    if body.get("detail").is_some_and(Value::is_string) {
        ("Detail", DetailBody::schema())
    } else if body.get("error").is_some_and(Value::is_string) {
        ("Error", ErrorBody::schema())
    } else {
        ("FieldErrors", FieldErrorsBody::schema())
    }
}
