//! What the operator's own programs report. No family's: no client calls it, and the API document does not have it.
use crate::http::{AppState, Refusal, Rejection, Stated, deadline_from_now, read_bytes, run_blocking};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Data, Payload, ServiceConfig},
};
use domain::{
    outbox::{
        MessageId, SignedRequest,
        ports::{BounceReports, SignatureVerifier},
    },
    shared::Clock,
};
use serde::Deserialize;
use std::sync::Arc;

/// Bytes. A report is a line; what a program puts beside it is ignored.
const BODY_MAX: usize = 64 * 1024;

const NOT_GENUINE: Stated =
    Stated { status: StatusCode::UNAUTHORIZED, text: "The signature is missing, wrong or too old." };
const NOT_A_REPORT: Stated =
    Stated { status: StatusCode::BAD_REQUEST, text: "The body must be a JSON object with a message_id." };

/// Letters that came back after the mail server had taken them.
pub struct MailBounces {
    pub signatures: Arc<dyn SignatureVerifier>,
    pub reports: Arc<dyn BounceReports>,
    pub clock: Arc<dyn Clock>,
}

pub fn routes(cfg: &mut ServiceConfig) {
    for path in ["/hooks/mail-bounce", "/hooks/mail-bounce/"] {
        cfg.service(web::resource(path).route(web::post().to(mail_bounce)));
    }
}

#[derive(Deserialize)]
struct Report {
    message_id: String,
}

/// Who does not know the secret learns nothing of any letter.
async fn mail_bounce(
    req: HttpRequest,
    payload: Payload,
    bounces: Data<MailBounces>,
    state: Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let body = read_bytes(&req, payload, BODY_MAX).await?;
    let now = bounces.clock.now();
    if !bounces.signatures.is_genuine(&signed(&req, &body), now) {
        return Err(NOT_GENUINE.into());
    }
    let report: Report = serde_json::from_slice(&body).map_err(|_why| NOT_A_REPORT)?;
    // What is no name is none of ours.
    let letter = MessageId::parse(&report.message_id).ok_or(Rejection::UnknownPath)?;
    let known = run_blocking(&state.threads.changes, deadline_from_now(), move || {
        Ok(bounces.reports.bounced(&letter, now)?)
    });
    if known.await? { Ok(HttpResponse::NoContent().finish()) } else { Err(Rejection::UnknownPath.into()) }
}

fn signed<'a>(req: &'a HttpRequest, body: &'a [u8]) -> SignedRequest<'a> {
    let header =
        |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    SignedRequest {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body,
    }
}
