//! What this family says when it refuses: its views' `error`, the framework's `detail`.
use crate::http::Refusal;
use actix_web::{HttpResponse, http::Method};
use domain::messaging::MessagingError;
use serde_json::json;

pub(super) fn render(refusal: &Refusal, _method: &Method) -> HttpResponse {
    let detail = || json!({ "detail": refusal.to_string() });
    let body = match refusal {
        Refusal::Stated(stated) => json!({ "error": stated.text }),
        Refusal::Messaging(e) => match e {
            MessagingError::PeerUnknown => json!({ "error": "User not found" }),
            MessagingError::Oneself
            | MessagingError::ClientIdTaken
            | MessagingError::Text(_)
            | MessagingError::ClientId(_)
            | MessagingError::WrongRole(_)
            | MessagingError::Store(_) => detail(),
        },
        // What is refused for every request, and by modules that this family does not serve.
        Refusal::Request(_)
        | Refusal::Fields(_)
        | Refusal::Identity(_)
        | Refusal::Notifications(_)
        | Refusal::Care(_)
        | Refusal::Diary(_) => detail(),
    };
    HttpResponse::build(refusal.status()).json(body)
}
