//! Which letters an account wants: the same for the clients of every family.
use crate::{
    body,
    http::{AuthedRequest, HandlerResult, Refusal, Reply},
    words,
};
use domain::mail_settings::{DigestRate, MailSettings, MailSettingsEdit, MailSettingsService};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// How often one is told of what was not read: at 07:00 UTC each day, or each Monday.
    DigestWords as "Digest" = DigestRate::ALL.map(DigestRate::as_str)
}

body! {
    /// What of one's mail settings is to be changed: the fields that are sent.
    change MailSettingsIn as "MailSettingsChange" => MailSettingsEdit, for _settings: MailSettingsService, {
        digest: DigestRate = defaulted choice(DigestWords),
        /// Whether one is reminded of appointments.
        appointments: bool = defaulted boolean,
    }
    example { "digest": "weekly" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = MailSettings)]
pub(crate) struct MailSettingsOut {
    #[schema(example = "off", value_type = DigestWords)]
    digest: &'static str,
    /// Whether one is reminded of appointments.
    #[schema(example = true)]
    appointments: bool,
}

impl From<MailSettings> for MailSettingsOut {
    fn from(settings: MailSettings) -> Self {
        Self { digest: settings.digest.as_str(), appointments: settings.appointments }
    }
}

pub(crate) fn show(request: &AuthedRequest, settings: &MailSettingsService) -> HandlerResult {
    Reply::ok(&MailSettingsOut::from(settings.of(&request.caller)?))
}

pub(crate) fn change(request: &AuthedRequest, settings: &MailSettingsService) -> HandlerResult {
    let edit: Result<_, Refusal> = MailSettingsIn::read(request.input()?, settings);
    Reply::ok(&MailSettingsOut::from(settings.change(&request.caller, edit?, request.origin())?))
}
