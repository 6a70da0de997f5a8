//! Emergency contacts: `edit/contact/{user_id}/` adds one, as the old app does; to list, change and delete them is ours.
use super::path::{ask, foreign, own};
use crate::{
    body,
    http::{AuthedRequest, Fields, HandlerResult, Refusal, Rejection, Reply, Resource, Stated},
    route, words,
};
use actix_web::http::StatusCode;
use domain::{
    crisis::{
        Consent, Contact, ContactDraft, ContactEdit, ContactId, ContactName, ContactPhone, CrisisError,
        CrisisService, MaybeEmail, Relationship,
    },
    owned::Own,
};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 3] {
    let (unknown, no_path) = (|| [CrisisError::ContactUnknown], || [Rejection::UnknownPath]);
    let add = route!(authenticated add)
        .refuses([FOREIGN, FIELDS_MISSING])
        .refuses([CrisisError::TooManyContacts(Contact::MAX_PER_OWNER)])
        .refuses(no_path());
    [
        Resource::new("Edit Emergency Contact", [add]),
        Resource::new("Emergency Contacts", [route!(streams list).refuses([FOREIGN]).refuses(no_path())]),
        Resource::new(
            "Emergency Contact",
            [
                route!(authenticated edit).refuses([FOREIGN]).refuses(unknown()).refuses(no_path()),
                route!(authenticated delete).refuses([FOREIGN]).refuses(unknown()).refuses(no_path()),
            ],
        ),
    ]
}

const FOREIGN: Stated = foreign("You are not authorized to edit another user's emergency contact.");
const FIELDS_MISSING: Stated = Stated {
    status: StatusCode::BAD_REQUEST,
    text: "The 'name', 'phone', and 'relationship' fields are required.",
};
const NEEDED: [&str; 3] = ["name", "phone", "relationship"];

body! {
    /// What a new contact takes.
    ContactIn as "NewEmergencyContact" => ContactDraft, for _crisis: CrisisService, {
        name: ContactName = required text,
        phone: ContactPhone = required text,
        /// Who has none is not written to.
        email: MaybeEmail = optional text,
        /// Who they are to the user.
        relationship: Relationship = required text,
    }
    example { "name": "Иван Иванов", "phone": "+79001234567", "email": "ivan@example.com", "relationship": "Брат" }
    /// What of a contact may be changed: the fields that are sent.
    ContactPatch as "EmergencyContactChange" => ContactEdit
    example { "phone": "+79001234568" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = EmergencyContact)]
pub(crate) struct ContactOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Иван Иванов", max_length = 100)]
    name: Cow<'a, str>,
    #[schema(example = "+79001234567", max_length = 20)]
    phone: Cow<'a, str>,
    /// Blank if there is none.
    #[schema(example = "ivan@example.com", max_length = 254)]
    email: Cow<'a, str>,
    #[schema(example = "Брат", max_length = 100)]
    relationship: Cow<'a, str>,
    /// In the list, for a contact with an address: whether alarms may be sent there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Consents)]
    consent: Option<&'static str>,
}

impl<'a, S: Into<Cow<'a, str>>> From<Contact<S>> for ContactOut<'a> {
    fn from(contact: Contact<S>) -> Self {
        Self {
            id: contact.id.get(),
            name: contact.name.into(),
            phone: contact.phone.into(),
            email: contact.email.into(),
            relationship: contact.relationship.into(),
            consent: None,
        }
    }
}

words! {
    /// `unconfirmed`: the holder of the address has not answered yet; at most three of those are told of an alarm. `refused`: no
    /// letter goes there.
    Consents as "ContactConsent" = Consent::ALL.map(Consent::as_str)
}

#[derive(Serialize, ToSchema)]
#[schema(as = EmergencyContactAdded)]
pub(crate) struct AddedOut {
    #[schema(example = "A new emergency contact has been created.")]
    message: &'static str,
    #[schema(inline)]
    data: ContactOut<'static>,
}

/// Add an emergency contact
///
/// Each call adds one, to at most 20 of one's own: that is what the old app sends. See `contacts/` to change and delete them.
#[utoipa::path(
    patch, path = "/api/v1/user/edit/contact/{user_id}/", tag = "PTSD profile", operation_id = "addEmergencyContact",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    request_body = ContactIn,
    responses((status = 201, description = "The contact", body = AddedOut))
)]
fn add(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    own(request, FOREIGN)?;
    let mut fields = Fields::of(request.input()?)?;
    let parts = ContactIn::parts(&mut fields, crisis);
    if fields.field_errors.0.iter().any(|(field, why)| NEEDED.contains(field) && why.is_missing()) {
        return Err(FIELDS_MISSING.into());
    }
    let draft = fields.finish(parts.whole(), ContactIn::ORDER)?;
    let data = crisis.add_contact(&request.caller, draft)?.into();
    ask(request, crisis);
    Reply::created(&AddedOut { message: "A new emergency contact has been created.", data })
}

/// List one's emergency contacts
///
/// One's own, oldest first.
#[utoipa::path(
    get, path = "/api/v1/user/contacts/{user_id}/", tag = "PTSD profile", operation_id = "listEmergencyContacts",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "The contacts", body = Vec<ContactOut>))
)]
fn list(request: AuthedRequest, crisis: Arc<CrisisService>) -> HandlerResult {
    own(&request, FOREIGN)?;
    let consents = crisis.consents.of_owner(request.caller.id())?;
    Reply::list(move |page, rows| {
        let mut push = |contact: Contact<&str>| {
            let consent = consents.of(contact.email).map(Consent::as_str);
            rows.push(contact.id, &ContactOut { consent, ..contact.into() });
        };
        Ok(crisis.contacts.page(&request.caller, page, &mut push)?)
    })
}

/// Change an emergency contact
///
/// Changes the fields that are sent, of one's own.
#[utoipa::path(
    patch, path = "/api/v1/user/contacts/{user_id}/{contact_id}/", tag = "PTSD profile",
    operation_id = "editEmergencyContact",
    params(
        ("user_id" = i64, Path, description = "One's own id", example = 7),
        ("contact_id" = i64, Path, description = "Which contact", example = 1),
    ),
    request_body = ContactPatch,
    responses((status = 200, description = "The contact as it is now", body = ContactOut))
)]
fn edit(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    let own = chosen(request, crisis)?;
    let edit = ContactPatch::read(request.input()?, crisis)?;
    let contact = crisis.contacts.edit(&own, edit)?;
    ask(request, crisis);
    Reply::ok(&ContactOut::from(contact))
}

/// Delete an emergency contact
///
/// One's own. Letters to them that are on their way go on.
#[utoipa::path(
    delete, path = "/api/v1/user/contacts/{user_id}/{contact_id}/", tag = "PTSD profile",
    operation_id = "deleteEmergencyContact",
    params(
        ("user_id" = i64, Path, description = "One's own id", example = 7),
        ("contact_id" = i64, Path, description = "Which contact", example = 1),
    ),
    responses((status = 204, description = "Deleted"))
)]
fn delete(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    crisis.contacts.delete(chosen(request, crisis)?)?;
    Ok(Reply::no_content())
}

fn chosen(request: &AuthedRequest, crisis: &CrisisService) -> Result<Own<Contact>, Refusal> {
    own(request, FOREIGN)?;
    let id = request.path_id("contact_id")?.ok_or(CrisisError::ContactUnknown)?;
    Ok(crisis.contacts.own(&request.caller, ContactId::new(id))?)
}
