//! What this family says when it refuses: its views' `error`, the framework's `detail`.
use crate::http::Problem;
use actix_web::{HttpResponse, http::Method};
use serde_json::json;

pub(super) fn refuse(problem: &Problem, _method: &Method) -> HttpResponse {
    let body = match problem.code {
        "foreign_support_room" => json!({ "error": "You are not authorized to access this chat" }),
        "peer_unknown" => json!({ "error": "User not found" }),
        _ => json!({ "detail": problem.message }),
    };
    HttpResponse::build(problem.status).json(body)
}
