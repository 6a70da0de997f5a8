//! A family of clients, as far as the request layer needs to know one. Each stands in its own folder; the layer names none.
use super::{Authentication, Refusal, Rejection};
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{ALLOW, HeaderValue, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE},
    },
};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

pub struct Family {
    pub authentication: &'static dyn Authentication,
    /// A refusal in this family's status, shape and text. One refusal may read otherwise for another method.
    pub render: fn(&Refusal, &Method) -> HttpResponse,
    /// What OPTIONS tells of a resource, by its name.
    pub options: fn(&str) -> Value,
    /// The schema of a refusal's body, by the name that it has in the API document.
    pub refusal_schema: fn(&Value) -> (&'static str, RefOr<Schema>),
    /// Headings of its part of the API document, each with a description.
    pub tags: &'static [(&'static str, &'static str)],
}

impl Family {
    /// The refusal as this family's clients hear it, with the headers that belong to it in any family.
    pub(crate) fn render_refusal(&self, refusal: &Refusal, method: &Method) -> HttpResponse {
        let mut response = (self.render)(refusal, method);
        add_headers(refusal, self.authentication.challenge(), &mut response);
        response
    }
}

/// What the log and the metrics call a route, and whether it is a sign-in: the log has the client's address of a refused
/// one.
#[derive(Clone, Copy)]
pub(super) struct RouteName {
    pub path: &'static str,
    pub signs_in: bool,
}

/// The status that was rendered counts: a family may have another than the request layer's.
pub(super) fn add_headers(refusal: &Refusal, challenge: &'static str, response: &mut HttpResponse) {
    let status = response.status();
    let headers = response.headers_mut();
    // A sign-in that was refused asks for no credential in a header.
    let wants_credential = status == StatusCode::UNAUTHORIZED && matches!(refusal, Refusal::Request(_));
    if wants_credential && !challenge.is_empty() {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if status == StatusCode::UPGRADE_REQUIRED {
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    let Refusal::Request(rejection) = refusal else { return };
    if let Some(seconds) = rejection.retry_after() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if let Rejection::MethodNotAllowed { allow, .. } = rejection
        && let Ok(allow) = HeaderValue::from_str(allow)
    {
        headers.insert(ALLOW, allow);
    }
}

/// For paths that belong to no family.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }
    fn error_response(&self) -> HttpResponse {
        let body = serde_json::json!({ "detail": self.to_string() });
        let mut response = HttpResponse::build(self.status()).json(body);
        add_headers(self, "", &mut response);
        response
    }
}
