//! `/api/v1/user/mail-settings/`: which letters one wants.
use crate::{
    django::mail_settings::{self, MailSettingsIn, MailSettingsOut},
    http::{AuthedRequest, HandlerResult, Resource},
    route,
};
use domain::mail_settings::MailSettingsService;

pub(super) fn resource() -> Resource {
    Resource::new("Mail Settings", [route!(authenticated show), route!(authenticated change)])
}

/// Read one's own mail settings
///
/// Whether one is sent a digest of what was not read, and reminders of appointments. They are the account's, whatever client it uses.
#[utoipa::path(
    get, path = "/api/v1/user/mail-settings/", tag = "PTSD profile", operation_id = "ptsdMailSettings",
    responses((status = 200, description = "The settings", body = MailSettingsOut))
)]
fn show(request: &AuthedRequest, settings: &MailSettingsService) -> HandlerResult {
    mail_settings::show(request, settings)
}

/// Change one's own mail settings
///
/// Changes the fields that are sent. A digest can be turned off by the link in it, too.
#[utoipa::path(
    patch, path = "/api/v1/user/mail-settings/", tag = "PTSD profile", operation_id = "changePtsdMailSettings",
    request_body = MailSettingsIn,
    responses((status = 200, description = "The settings as they are now", body = MailSettingsOut))
)]
fn change(request: &AuthedRequest, settings: &MailSettingsService) -> HandlerResult {
    mail_settings::change(request, settings)
}
