//! What this family says when it refuses: Django REST framework's shapes, the old server's exact words, its statuses.
use crate::{
    django::{self, taken_by},
    http::{Refusal, Rejection},
};
use actix_web::{
    HttpResponse,
    http::{Method, StatusCode},
};
use domain::{
    care::{CareError, EntryKind},
    diary::DiaryError,
    identity::IdentityError,
    messaging::MessagingError,
    notifications::NotificationError,
    shared::FieldError,
};
use serde_json::{Value, json};

pub(super) fn render(refusal: &Refusal, method: &Method) -> HttpResponse {
    let (status, body) = said(refusal, method);
    HttpResponse::build(status).json(body)
}

/// `error` where the old views wrote the answer themselves, `detail` where the framework did.
fn said(refusal: &Refusal, method: &Method) -> (StatusCode, Value) {
    let status = refusal.status();
    let error = |text: &str| (status, json!({ "error": text }));
    let detail = |text: &str| (status, json!({ "detail": text }));
    match refusal {
        Refusal::Request(Rejection::BodyNotAnObject(_)) => {
            (status, json!({ "non_field_errors": [refusal.to_string()] }))
        }
        Refusal::Request(_) => detail(&refusal.to_string()),
        Refusal::Fields(errors) => (status, errors.to_json(&field_message)),
        Refusal::Stated(stated) => error(stated.text),
        Refusal::Identity(e) => match e {
            IdentityError::InvalidCredentials => {
                (StatusCode::BAD_REQUEST, json!({ "error": "Invalid credentials" }))
            }
            IdentityError::RegistrationClosed
            | IdentityError::TokenUnknown
            | IdentityError::AccountInactive
            | IdentityError::AccountUnknown
            | IdentityError::Fields(_)
            | IdentityError::WrongRole(_)
            | IdentityError::Hashing(_)
            | IdentityError::Store(_) => detail(&refusal.to_string()),
        },
        Refusal::Care(e) => care(e, status, method),
        Refusal::Messaging(e) => match e {
            MessagingError::PeerUnknown => detail("No CustomUser matches the given query."),
            MessagingError::Oneself
            | MessagingError::ClientIdTaken
            | MessagingError::Text(_)
            | MessagingError::ClientId(_)
            | MessagingError::WrongRole(_)
            | MessagingError::Store(_) => detail(&refusal.to_string()),
        },
        Refusal::Diary(e) => match e {
            DiaryError::NotYourPatient => detail("Not authorized to view this patient."),
            DiaryError::RecordUnknown if method == Method::DELETE => error("stat not found"),
            DiaryError::RecordUnknown => error("Stat not found"),
            DiaryError::NoteUnknown => error("Note not found"),
            DiaryError::Store(_) => detail(&refusal.to_string()),
        },
        // Of a module that this family does not serve.
        Refusal::Crisis(_) | Refusal::Assistant(_) => detail(&refusal.to_string()),
        Refusal::Notifications(e) => match e {
            NotificationError::Unknown => error("notification not found"),
            NotificationError::Foreign => detail("Not authorized"),
            NotificationError::Store(_) => detail(&refusal.to_string()),
        },
    }
}

fn care(e: &CareError, status: StatusCode, method: &Method) -> (StatusCode, Value) {
    let error = |text: &str| (status, json!({ "error": text }));
    let delete = method == Method::DELETE;
    match e {
        CareError::DoctorUnknown => error("Doctor not found"),
        CareError::NotADoctor => error("user is not a doctor"),
        CareError::Oneself => error("You cannot send a request to yourself"),
        CareError::AlreadyRequested => {
            (StatusCode::BAD_REQUEST, json!({ "error": "Request already exists" }))
        }
        CareError::RequestUnknown if delete => error("Request does not exists"),
        CareError::RequestUnknown => error("Request not found."),
        CareError::AnswerUnknown => error("Invalid action."),
        CareError::LinkUnknown => error("link not found"),
        CareError::LinkNotAccepted => error("link not accepted"),
        CareError::EntryUnknown(kind) => error(&format!("{} not found", kind.as_str())),
        CareError::EntryForeign(kind) => {
            let act = if delete { "delete" } else { "edit" };
            error(&format!("Not authorized to {act} this {}.", kind.as_str()))
        }
        CareError::EntryExists(kind) => (status, json!({ "link": [exists(*kind)] })),
        CareError::Outdated | CareError::Store(_) => (status, json!({ "detail": e.to_string() })),
    }
}

fn exists(kind: EntryKind) -> String {
    taken_by(kind.as_str(), "link")
}

fn field_message(field: &str, why: &FieldError) -> String {
    let fixed = match (field, why) {
        ("pain_type", FieldError::NotAChoice(_)) => {
            "Invalid pain type. Must be one of: ['burning', 'stabbing', 'cutting', 'throbbing']"
        }
        ("intensity", FieldError::OutOfRange) => "Intensity must be between 0 and 10",
        _ => return django::field_message(field, why),
    };
    fixed.to_owned()
}
