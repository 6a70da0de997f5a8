//! What this family says when it refuses: its views' `error`, the framework's `detail`.
use crate::{
    django,
    http::{Refusal, Rejection},
};
use actix_web::{HttpResponse, http::Method};
use domain::{
    assistant::{AssistantError, ModelFailure},
    crisis::CrisisError,
    identity::IdentityError,
    messaging::MessagingError,
    shared::FieldError,
};
use serde_json::json;

pub(super) fn render(refusal: &Refusal, _method: &Method) -> HttpResponse {
    let detail = || json!({ "detail": refusal.to_string() });
    let error = |text: &str| json!({ "error": text });
    let body = match refusal {
        Refusal::Request(Rejection::BodyNotAnObject(_)) => {
            json!({ "non_field_errors": [refusal.to_string()] })
        }
        Refusal::Fields(errors) => errors.to_json(&field_message),
        Refusal::Stated(stated) => error(stated.text),
        Refusal::Identity(e) => match e {
            IdentityError::InvalidCredentials => error("Invalid credentials."),
            IdentityError::RegistrationClosed
            | IdentityError::TokenUnknown
            | IdentityError::AccountInactive
            | IdentityError::AccountUnknown
            | IdentityError::Fields(_)
            | IdentityError::WrongRole(_)
            | IdentityError::Hashing(_)
            | IdentityError::Store(_) => detail(),
        },
        Refusal::Messaging(e) => match e {
            MessagingError::PeerUnknown => error("User not found"),
            MessagingError::Oneself
            | MessagingError::ClientIdTaken
            | MessagingError::Text(_)
            | MessagingError::ClientId(_)
            | MessagingError::WrongRole(_)
            | MessagingError::Store(_) => detail(),
        },
        Refusal::Crisis(e) => crisis(e),
        Refusal::Assistant(AssistantError::Text(why)) => json!({ "text": [field_message("text", why)] }),
        Refusal::Assistant(e) => error(assistant_error(e)),
        // What is refused for every request, and by modules that this family does not serve.
        Refusal::Request(_) | Refusal::Notifications(_) | Refusal::Care(_) | Refusal::Diary(_) => detail(),
    };
    HttpResponse::build(refusal.status()).json(body)
}

fn crisis(e: &CrisisError) -> serde_json::Value {
    let error = |text: &str| json!({ "error": text });
    match e {
        CrisisError::ProfileUnknown => error("UserInfo not found for this user."),
        CrisisError::ScenarioUnknown => error("AlarmScenario not found with this id."),
        CrisisError::TrackUnknown => error("Music track not found"),
        CrisisError::TherapistUnknown => error("Therapist not found with this id."),
        CrisisError::NoTherapist => error("Therapist contact not found for this user."),
        CrisisError::ContactUnknown => error("Emergency contact not found."),
        CrisisError::TooManyContacts(max) => {
            error(&format!("At most {max} emergency contacts can be stored."))
        }
        CrisisError::UserUnknown => error("User or UserInfo not found"),
        CrisisError::NoScenario => error("No AlarmScenario associated with this user"),
        CrisisError::AlarmUnknown => error("Alarm not found."),
        CrisisError::Store(_) => json!({ "detail": e.to_string() }),
    }
}

/// Of a model and of what is asked of it. Never in the model's own words: they may hold anything.
pub(super) fn assistant_error(e: &AssistantError) -> &'static str {
    match e {
        AssistantError::ConsentRequired(language) => language.of(
            "Прежде чем начать: ответы пишет программа, а не человек. Чтобы ответить, она получает текст ваших сообщений без имени, телефона и почты. Разговор хранится на нашем сервере в зашифрованном виде, его можно удалить. Если вы согласны, подтвердите это.",
            "Before we begin: the answers are written by a program, not by a person. To answer, it gets the text of your messages, without your name, telephone and e-mail address. The conversation is stored on our server, encrypted, and can be deleted. If you agree, please confirm.",
        ),
        AssistantError::Model(ModelFailure::NotConfigured) => "The assistant is not available.",
        AssistantError::Model(ModelFailure::Away) => {
            "The assistant is temporarily unavailable. Please try again later."
        }
        AssistantError::Model(ModelFailure::Late) => "The assistant took too long to answer. Please try again.",
        AssistantError::Model(ModelFailure::BadAnswer) => "Failed to get a valid response from the model.",
        AssistantError::TooMuch { .. } | AssistantError::Text(_) | AssistantError::Store(_) => {
            "The service is temporarily unavailable. Try again later."
        }
    }
}

fn field_message(field: &str, why: &FieldError) -> String {
    match (field, why) {
        ("age", FieldError::OutOfRange) => "The age must be from 0 to 150.".to_owned(),
        ("ptsd_level", FieldError::OutOfRange) => "The PTSD level must be from 1 to 5.".to_owned(),
        _ => django::field_message(field, why),
    }
}
