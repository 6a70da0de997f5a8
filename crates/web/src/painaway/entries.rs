//! `/api/diary/prescription/` and `/api/diary/diagnosis/`: alike in everything but the word.
use super::bodies::{DiagnosisIn, DiagnosisPatch, PrescriptionIn, PrescriptionPatch};
use crate::http::{Answer, Asked, Call, Fields, Input, Problem, Reply, reference, text};
use actix_web::web::Data;
use domain::care::{
    CareError, CareService, Entry, EntryDraft, EntryEdit, EntryId, EntryKind, EntryText, LinkId,
};
use domain::shared::text::Prose;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Prescription)]
pub(crate) struct PrescriptionOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Ibuprofen 400 mg", max_length = 200)]
    prescription: String,
    #[schema(example = "three times a day, after meals")]
    details: String,
    #[schema(example = 1)]
    link: i64,
}

impl From<Entry> for PrescriptionOut {
    fn from(entry: Entry) -> Self {
        Self { id: entry.id.get(), prescription: entry.text, details: entry.details, link: entry.link.get() }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Diagnosis)]
pub(crate) struct DiagnosisOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Plantar fasciitis", max_length = 200)]
    diagnosis: String,
    #[schema(example = "")]
    details: String,
    #[schema(example = 1)]
    link: i64,
}

impl From<Entry> for DiagnosisOut {
    fn from(entry: Entry) -> Self {
        Self { id: entry.id.get(), diagnosis: entry.text, details: entry.details, link: entry.link.get() }
    }
}

/// The prescription on an accepted link, read from either side: a list of none or one.
#[utoipa::path(
    get, path = "/api/diary/prescription/", tag = "Care", operation_id = "readPrescription",
    params(("link_id" = i64, Query, description = "The link")),
    responses(
        (status = 200, description = "None or one", body = Vec<PrescriptionOut>),
        (status = 403, response = crate::schema::LinkNotAccepted),
        (status = 404, response = crate::schema::LinkUnknown))
)]
pub(crate) async fn read_prescription(call: Call, care: Data<CareService>) -> Answer {
    read::<PrescriptionOut>(call, care, EntryKind::Prescription).await
}

/// The link's doctor writes the prescription. The patient's bell rings.
#[utoipa::path(
    post, path = "/api/diary/prescription/", tag = "Care", operation_id = "writePrescription",
    params(("link_id" = i64, Query, description = "The link")),
    request_body = PrescriptionIn,
    responses(
        (status = 201, description = "Written", body = PrescriptionOut),
        (status = 400, description = "Every refused field; also `link` when it has one already",
            body = crate::schema::FieldErrors,
            example = json!({ "link": ["prescription with this link already exists."] })),
        (status = 403, response = crate::schema::LinkNotAccepted),
        (status = 404, response = crate::schema::LinkUnknown))
)]
pub(crate) async fn write_prescription(call: Call, care: Data<CareService>) -> Answer {
    write::<PrescriptionOut>(call, care, EntryKind::Prescription).await
}

/// The link's doctor changes the prescription. The patient's bell rings when something changed.
#[utoipa::path(
    patch, path = "/api/diary/prescription/", tag = "Care", operation_id = "editPrescription",
    params(("prescription_id" = i64, Query, description = "Which one")),
    request_body = PrescriptionPatch,
    responses(
        (status = 200, description = "As it is now", body = PrescriptionOut),
        (status = 400, description = "Every refused field", body = crate::schema::FieldErrors),
        (status = 403, description = "Another doctor's, or the link is not accepted",
            body = crate::schema::ErrorBody,
            example = json!({ "error": "Not authorized to edit this prescription." })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "prescription not found" })))
)]
pub(crate) async fn edit_prescription(call: Call, care: Data<CareService>) -> Answer {
    edit::<PrescriptionOut>(call, care, EntryKind::Prescription).await
}

/// The link's doctor takes the prescription back. Nobody's bell rings.
#[utoipa::path(
    delete, path = "/api/diary/prescription/", tag = "Care", operation_id = "deletePrescription",
    params(("prescription_id" = i64, Query, description = "Which one")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Another doctor's, or the link is not accepted",
            body = crate::schema::ErrorBody,
            example = json!({ "error": "Not authorized to delete this prescription." })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "prescription not found" })))
)]
pub(crate) async fn delete_prescription(call: Call, care: Data<CareService>) -> Answer {
    delete(call, care, EntryKind::Prescription).await
}

/// The diagnosis on an accepted link, read from either side: a list of none or one.
#[utoipa::path(
    get, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "readDiagnosis",
    params(("link_id" = i64, Query, description = "The link")),
    responses(
        (status = 200, description = "None or one", body = Vec<DiagnosisOut>),
        (status = 403, response = crate::schema::LinkNotAccepted),
        (status = 404, response = crate::schema::LinkUnknown))
)]
pub(crate) async fn read_diagnosis(call: Call, care: Data<CareService>) -> Answer {
    read::<DiagnosisOut>(call, care, EntryKind::Diagnosis).await
}

/// The link's doctor writes the diagnosis. The patient's bell rings.
#[utoipa::path(
    post, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "writeDiagnosis",
    params(("link_id" = i64, Query, description = "The link")),
    request_body = DiagnosisIn,
    responses(
        (status = 201, description = "Written", body = DiagnosisOut),
        (status = 400, description = "Every refused field; also `link` when it has one already",
            body = crate::schema::FieldErrors,
            example = json!({ "link": ["diagnosis with this link already exists."] })),
        (status = 403, response = crate::schema::LinkNotAccepted),
        (status = 404, response = crate::schema::LinkUnknown))
)]
pub(crate) async fn write_diagnosis(call: Call, care: Data<CareService>) -> Answer {
    write::<DiagnosisOut>(call, care, EntryKind::Diagnosis).await
}

/// The link's doctor changes the diagnosis. The patient's bell rings when something changed.
#[utoipa::path(
    patch, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "editDiagnosis",
    params(("diagnosis_id" = i64, Query, description = "Which one")),
    request_body = DiagnosisPatch,
    responses(
        (status = 200, description = "As it is now", body = DiagnosisOut),
        (status = 400, description = "Every refused field", body = crate::schema::FieldErrors),
        (status = 403, description = "Another doctor's, or the link is not accepted",
            body = crate::schema::ErrorBody,
            example = json!({ "error": "Not authorized to edit this diagnosis." })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "diagnosis not found" })))
)]
pub(crate) async fn edit_diagnosis(call: Call, care: Data<CareService>) -> Answer {
    edit::<DiagnosisOut>(call, care, EntryKind::Diagnosis).await
}

/// The link's doctor takes the diagnosis back. Nobody's bell rings.
#[utoipa::path(
    delete, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "deleteDiagnosis",
    params(("diagnosis_id" = i64, Query, description = "Which one")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Another doctor's, or the link is not accepted",
            body = crate::schema::ErrorBody,
            example = json!({ "error": "Not authorized to delete this diagnosis." })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "diagnosis not found" })))
)]
pub(crate) async fn delete_diagnosis(call: Call, care: Data<CareService>) -> Answer {
    delete(call, care, EntryKind::Diagnosis).await
}

async fn read<Out: From<Entry> + Serialize>(call: Call, care: Data<CareService>, kind: EntryKind) -> Answer {
    let case = move |asked: Asked| {
        let entry = care.entry_on(&asked.caller, kind, link(&asked)?)?;
        Reply::ok(&Vec::from_iter(entry.map(Out::from)))
    };
    call.signed(case).await
}

/// Both the link in the query and the one in the body are needed: the first is written on, the second is checked.
async fn write<Out: From<Entry> + Serialize>(call: Call, care: Data<CareService>, kind: EntryKind) -> Answer {
    let case = move |asked: Asked| {
        let on = care.writable(&asked.caller, link(&asked)?)?;
        let mut fields = Fields::of(asked.input()?)?;
        let words = fields.required(kind.as_str(), text(EntryText::parse));
        let details = fields.defaulted("details", text(Prose::parse));
        let named = fields.required("link", reference(|id| Ok(LinkId::new(id))));
        if let Some(named) = named {
            care.note_reference(&asked.caller, kind, named, &mut fields.violations)?;
        }
        match (words, details) {
            (Some(text), Some(details)) if fields.violations.is_empty() => {
                let entry = care.write(&on, kind, EntryDraft { text, details })?;
                Reply::created(&Out::from(entry))
            }
            _ => Err(Problem::entry(kind, fields.violations)),
        }
    };
    call.signed(case).await
}

/// A `link` in the body is ignored: nothing moves an entry to another patient.
async fn edit<Out: From<Entry> + Serialize>(call: Call, care: Data<CareService>, kind: EntryKind) -> Answer {
    let case = move |asked: Asked| {
        let own = care.own_entry(&asked.caller, kind, chosen(&asked, kind)?)?;
        let entry = care.change(&own, changes(asked.input()?, kind)?)?;
        Reply::ok(&Out::from(entry))
    };
    call.signed(case).await
}

async fn delete(call: Call, care: Data<CareService>, kind: EntryKind) -> Answer {
    let case = move |asked: Asked| {
        care.remove(care.own_entry(&asked.caller, kind, chosen(&asked, kind)?)?)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// What is no id is nobody's link.
fn link(asked: &Asked) -> Result<LinkId, Problem> {
    Ok(asked.query.id("link_id").map(LinkId::new).ok_or(CareError::LinkUnknown)?)
}

/// What is no id is no entry.
fn chosen(asked: &Asked, kind: EntryKind) -> Result<EntryId, Problem> {
    let key = match kind {
        EntryKind::Prescription => "prescription_id",
        EntryKind::Diagnosis => "diagnosis_id",
    };
    Ok(asked.query.id(key).map(EntryId::new).ok_or(CareError::EntryUnknown(kind))?)
}

fn changes(input: &Input, kind: EntryKind) -> Result<EntryEdit, Problem> {
    let mut fields = Fields::of(input)?;
    let edit = EntryEdit {
        text: fields.patch(kind.as_str(), text(EntryText::parse)),
        details: fields.patch("details", text(Prose::parse)),
    };
    if fields.violations.is_empty() { Ok(edit) } else { Err(fields.refused(&[kind.as_str(), "details"])) }
}
