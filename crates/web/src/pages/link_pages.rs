//! What the pages need.
use domain::{
    crisis::{AnswerService, ConsentService},
    mail_settings::MailSettingsService,
    password_reset::PasswordResetService,
    shared::Language,
};
use std::sync::Arc;

pub struct LinkPages {
    pub answers: AnswerService,
    pub consents: Arc<ConsentService>,
    pub password_resets: Arc<PasswordResetService>,
    pub mail_settings: Arc<MailSettingsService>,
    pub language: Language,
}
