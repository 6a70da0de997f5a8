//! What is sent by mail and is no alarm: new passwords, digests.
use super::base::Base;
use domain::{
    identity::IdentityService, mail_settings::MailSettingsService, password_reset::PasswordResetService,
};
use infra::{
    mail_settings::{DieselMailSettingsRepository, DigestLetters},
    password_reset::{DieselPasswordResetRepository, PasswordResetLetters},
};
use std::sync::Arc;
use web::painaway::NoticeSentences;

pub(crate) fn password_resets(base: &Base<'_>, identity: Arc<IdentityService>) -> PasswordResetService {
    PasswordResetService {
        resets: Arc::new(DieselPasswordResetRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
            mail_host: base.mail_host(),
        }),
        letters: Arc::new(PasswordResetLetters { language: base.config.ptsd.language }),
        links: base.links(),
        identity,
        clock: base.clock.clone(),
    }
}

pub(crate) fn mail_settings(base: &Base<'_>) -> MailSettingsService {
    MailSettingsService {
        settings: Arc::new(DieselMailSettingsRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
            mail_host: base.mail_host(),
        }),
        letters: Arc::new(DigestLetters {
            language: base.config.ptsd.language,
            notices: Arc::new(NoticeSentences),
        }),
        links: base.links(),
        clock: base.clock.clone(),
    }
}
