//! What the families share whose old servers were written with Django REST framework.
pub(crate) mod mail_settings;
mod messages;
mod shapes;
mod time;

pub(crate) use messages::{field_message, taken_by};
pub(crate) use shapes::{DetailBody, refusal_schema};
pub(crate) use time::DjangoTime;

use crate::http::{Input, OpaqueToken};
use domain::identity::Username;
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

/// Whom a sign-in or a registration is about, in the spelling that the store knows: one account has one count of tries.
pub(crate) fn account_named(input: &Input) -> String {
    let raw = input.text("username").unwrap_or_default();
    Username::known_as(&raw).map_or(raw, |name| name.as_str().to_owned())
}
