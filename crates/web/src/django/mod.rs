//! What the families share whose old servers were written with Django REST framework.
mod shapes;
mod time;

pub(crate) use shapes::{DetailBody, refusal_schema};
pub(crate) use time::DjangoTime;

use crate::http::OpaqueToken;
use serde_json::{Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};

/// `Authorization: Token …`.
pub(crate) static TOKEN: OpaqueToken = OpaqueToken {
    scheme: "Token",
    security_scheme: || {
        let about = "`Token` and the 40 hexadecimal digits that login gave: `Token 9944b0…`";
        let header = ApiKeyValue::with_description("Authorization", about);
        ("token", SecurityScheme::ApiKey(ApiKey::Header(header)))
    },
};

/// As the framework tells what a view is.
pub(crate) fn options(name: &str) -> Value {
    json!({
        "name": name,
        "description": "",
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    })
}
