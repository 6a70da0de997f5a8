//! `create/therapist/{user_id}/` and `edit/therapist/{user_id}/`: the one therapist whom a user names.
use super::path::{ask, foreign, own};
use crate::{
    body,
    http::{AuthedRequest, Fields, HandlerResult, Rejection, Reply, Resource, Stated},
    route,
};
use actix_web::http::StatusCode;
use domain::crisis::{
    ContactEmail, ContactName, ContactPhone, CrisisError, CrisisService, Therapist, TherapistDraft,
    TherapistEdit,
};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    let no_path = || [Rejection::UnknownPath];
    let edit =
        route!(authenticated edit).refuses([FOREIGN]).refuses([CrisisError::NoTherapist]).refuses(no_path());
    [
        Resource::new(
            "Create Therapist",
            [route!(authenticated put).refuses([FOREIGN, FIELDS_MISSING]).refuses(no_path())],
        ),
        Resource::new("Edit Therapist", [edit]),
    ]
}

const FOREIGN: Stated = foreign("You are not authorized to edit another user's therapist contact.");
const FIELDS_MISSING: Stated =
    Stated { status: StatusCode::BAD_REQUEST, text: "The 'name', 'phone', and 'email' fields are required." };

body! {
    /// Whom an alarm tells when its scenario says so.
    TherapistIn as "TherapistContact" => TherapistDraft, for _crisis: CrisisService, {
        name: ContactName = required text,
        phone: ContactPhone = required text,
        email: ContactEmail = required text(Email),
    }
    example { "name": "Петр Петров", "phone": "+79001234567", "email": "petr@example.com" }
    /// What of a therapist may be changed. What is blank stays as it was.
    TherapistPatch as "TherapistContactChange" => TherapistEdit
    example { "phone": "+79001234568" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = TherapistContactSaved)]
pub(crate) struct SavedOut {
    #[schema(example = "Therapist contact has been updated.")]
    message: &'static str,
    #[schema(inline)]
    data: TherapistOut,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TherapistContactData)]
struct TherapistOut {
    #[schema(example = 7)]
    id: i64,
    #[schema(example = "Петр Петров", max_length = 100)]
    name: String,
    #[schema(example = "+79001234567", max_length = 20)]
    phone: String,
    #[schema(example = "petr@example.com", max_length = 254)]
    email: String,
}

impl From<Therapist> for TherapistOut {
    fn from(therapist: Therapist) -> Self {
        let Therapist { owner, name, phone, email } = therapist;
        Self { id: owner.get(), name, phone, email }
    }
}

/// Name one's therapist
///
/// From then on alarms whose scenario says so tell them. A second call replaces the first.
#[utoipa::path(
    put, path = "/api/v1/user/create/therapist/{user_id}/", tag = "PTSD profile", operation_id = "putTherapist",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    request_body = TherapistIn,
    responses((status = 201, description = "The therapist", body = SavedOut))
)]
fn put(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    own(request, FOREIGN)?;
    let mut fields = Fields::of(request.input()?)?;
    let parts = TherapistIn::parts(&mut fields, crisis);
    if fields.field_errors.0.iter().any(|(_, why)| why.is_missing()) {
        return Err(FIELDS_MISSING.into());
    }
    let draft = fields.finish(parts.whole(), TherapistIn::ORDER)?;
    let data = crisis.put_therapist(&request.caller, draft)?.into();
    ask(request, crisis);
    Reply::created(&SavedOut { message: "A new therapist contact has been created.", data })
}

/// Change one's therapist
///
/// Changes the fields that are sent and not blank.
#[utoipa::path(
    patch, path = "/api/v1/user/edit/therapist/{user_id}/", tag = "PTSD profile", operation_id = "editTherapist",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    request_body = TherapistPatch,
    responses((status = 200, description = "The therapist as they are now", body = SavedOut))
)]
fn edit(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    own(request, FOREIGN)?;
    let mut fields = Fields::of(request.input()?)?;
    let edit = TherapistPatch::parts(&mut fields, crisis);
    fields.field_errors.0.retain(|(_, why)| !why.is_missing());
    let edit = fields.finish(Some(edit), TherapistPatch::ORDER)?;
    let data = crisis.edit_therapist(&request.caller, edit)?.into();
    ask(request, crisis);
    Reply::ok(&SavedOut { message: "Therapist contact has been updated.", data })
}
