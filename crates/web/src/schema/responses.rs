//! What many calls answer alike when they refuse, for the API document.
#![expect(dead_code, reason = "only their schemas are used")]
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{ToResponse, ToSchema};

/// Every refused field with its reasons; or one sentence, under `detail` or `error`, when the body as a whole is refused.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "username": ["A user with that username already exists."] }))]
pub(crate) struct FieldErrors(BTreeMap<String, Reasons>);

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Reasons {
    Each(Vec<String>),
    Whole(String),
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DetailBody {
    detail: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: String,
}

#[derive(ToResponse)]
#[response(
    description = "No token, a wrong one, or one of a deactivated account",
    headers(("WWW-Authenticate", description = "`Token`")),
    example = json!({ "detail": "Authentication credentials were not provided." })
)]
pub(crate) struct Unauthorized(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "Signed in, but outside the group that may do this",
    example = json!({ "detail": "You do not have permission to perform this action." })
)]
pub(crate) struct WrongRole(DetailBody);

#[derive(ToResponse)]
#[response(description = "The link is pending or rejected", example = json!({ "error": "link not accepted" }))]
pub(crate) struct LinkNotAccepted(ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "Unknown, missing, or not one that the caller may use so",
    example = json!({ "error": "link not found" })
)]
pub(crate) struct LinkUnknown(ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "Too many tries from this address or about this account",
    headers(("Retry-After", description = "Seconds")),
    example = json!({ "detail": "Request was throttled. Expected available in 7 seconds." })
)]
pub(crate) struct TooMany(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "The database is away or busy; nothing was changed unless a retry shows it",
    headers(("Retry-After", description = "Seconds")),
    example = json!({ "detail": "The service is temporarily unavailable. Try again later." })
)]
pub(crate) struct Unavailable(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "The body is neither JSON nor a form",
    example = json!({ "detail": "Unsupported media type \"text/plain\" in request." })
)]
pub(crate) struct UnsupportedMediaType(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "The body is larger than 262,144 bytes",
    example = json!({ "detail": "The request body is larger than 262144 bytes." })
)]
pub(crate) struct TooLarge(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "`Accept` allows no JSON",
    example = json!({ "detail": "Could not satisfy the request Accept header." })
)]
pub(crate) struct NotAcceptable(DetailBody);

#[derive(ToResponse)]
#[response(
    description = "The body cannot be read, or is no object",
    example = json!({ "detail": "JSON parse error - expected value at line 1 column 1" })
)]
pub(crate) struct BadBody(FieldErrors);
