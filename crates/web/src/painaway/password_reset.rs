//! `/api/auth/password-reset/`: a letter for somebody who has forgotten their password.
use crate::{
    body,
    http::{HandlerResult, Input, LimitedAction, Reply, Request, Resource},
    route,
};
use domain::{identity::Email, password_reset::PasswordResetService};
use serde_json::json;
use std::sync::Once;

pub(super) fn resource() -> Resource {
    Resource::new(
        "Password Reset",
        [route!(public request_reset).limited(LimitedAction::PasswordReset, account_of)],
    )
}

const SENT: &str = "If an account has this address, a letter with a link has been sent to it.";

/// One address has one count of tries, in whatever case it is written.
fn account_of(input: &Input) -> String {
    let raw = input.text("email").unwrap_or_default();
    Email::parse(&raw).map_or(raw, |email| email.key())
}

pub(crate) struct ForgottenPassword {
    email: Email,
}

body! {
    /// Whose password is to be reset.
    ForgottenPasswordIn as "PasswordReset" => ForgottenPassword, for _resets: PasswordResetService, {
        /// The address of the account, in any case.
        email: Email = required text(Email),
    }
    example { "email": "sarah@example.com" }
}

/// Ask for a new password
///
/// Whoever has an account with this address gets a letter with a link, which is good once and for 30 minutes. The answer is the same whether
/// there is such an account or not, and takes as long.
#[utoipa::path(
    post, path = "/api/auth/password-reset/", tag = "Accounts", operation_id = "requestPasswordReset",
    request_body = ForgottenPasswordIn,
    responses((status = 200, description = "Asked", body = crate::django::DetailBody,
        example = json!({ "detail": SENT })))
)]
fn request_reset(request: &Request, resets: &PasswordResetService) -> HandlerResult {
    let ForgottenPassword { email } = ForgottenPasswordIn::read(request.input()?, resets)?;
    match request.origin() {
        Some(origin) => resets.request(email, origin)?,
        None => warn_once(),
    }
    Reply::ok(&json!({ "detail": SENT }))
}

/// Of what the operator has to mend, whoever asks and however often.
fn warn_once() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!("no letter resets a password: set PUBLIC_URL, or name the hosts in ALLOWED_HOSTS");
    });
}
