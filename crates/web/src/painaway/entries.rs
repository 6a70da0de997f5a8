//! `/api/diary/prescription/` and `/api/diary/diagnosis/`: alike in everything but the word.
use crate::{
    body,
    http::{AuthedRequest, Fields, HandlerResult, Reply, Resource},
    route,
};
use domain::{
    care::{CareError, CareService, Entry, EntryDraft, EntryEdit, EntryId, EntryKind, EntryText, LinkId},
    shared::text::Prose,
};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    use CareError::{EntryForeign, EntryUnknown, LinkNotAccepted, LinkUnknown};
    let on_link = || [LinkNotAccepted, LinkUnknown];
    let changes = |kind| [EntryUnknown(kind), EntryForeign(kind), LinkNotAccepted, LinkUnknown];
    let (rx, dx) = (EntryKind::Prescription, EntryKind::Diagnosis);
    [
        Resource::new(
            "Prescription",
            [
                route!(authenticated read_prescription).audited().refuses(on_link()),
                route!(authenticated write_prescription).refuses(on_link()),
                route!(authenticated edit_prescription).refuses(changes(rx)),
                route!(authenticated delete_prescription).refuses(changes(rx)),
            ],
        ),
        Resource::new(
            "Diagnosis",
            [
                route!(authenticated read_diagnosis).audited().refuses(on_link()),
                route!(authenticated write_diagnosis).refuses(on_link()),
                route!(authenticated edit_diagnosis).refuses(changes(dx)),
                route!(authenticated delete_diagnosis).refuses(changes(dx)),
            ],
        ),
    ]
}

body! {
    /// What a new prescription takes.
    PrescriptionIn as "NewPrescription" => EntryDraft, for _care: CareService, {
        text as "prescription": EntryText = required text,
        details: Prose = defaulted text,
    }
    only new {
        /// The link, as in the query.
        link: LinkId = required reference(|id| Ok(LinkId::new(id))),
    }
    example { "link": 1, "prescription": "Ibuprofen 400 mg", "details": "three times a day, after meals" }
    /// What of a prescription may be changed. A `link` is ignored: nothing moves one to another patient.
    PrescriptionPatch as "PrescriptionChange" => EntryEdit
    example { "details": "twice a day" }
}

body! {
    /// What a new diagnosis takes.
    DiagnosisIn as "NewDiagnosis" => EntryDraft, for _care: CareService, {
        text as "diagnosis": EntryText = required text,
        details: Prose = defaulted text,
    }
    only new {
        /// The link, as in the query.
        link: LinkId = required reference(|id| Ok(LinkId::new(id))),
    }
    example { "link": 1, "diagnosis": "Plantar fasciitis", "details": "" }
    /// What of a diagnosis may be changed. A `link` is ignored: nothing moves one to another patient.
    DiagnosisPatch as "DiagnosisChange" => EntryEdit
    example { "diagnosis": "Plantar fasciitis, left" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Prescription)]
pub(crate) struct PrescriptionOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Ibuprofen 400 mg", max_length = 200)]
    prescription: Cow<'a, str>,
    #[schema(example = "three times a day, after meals")]
    details: Cow<'a, str>,
    #[schema(example = 1)]
    link: i64,
}

impl<'a, S: Into<Cow<'a, str>>> From<Entry<S>> for PrescriptionOut<'a> {
    fn from(Entry { id, text, details, link, .. }: Entry<S>) -> Self {
        Self { id: id.get(), prescription: text.into(), details: details.into(), link: link.get() }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Diagnosis)]
pub(crate) struct DiagnosisOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Plantar fasciitis", max_length = 200)]
    diagnosis: Cow<'a, str>,
    #[schema(example = "")]
    details: Cow<'a, str>,
    #[schema(example = 1)]
    link: i64,
}

impl<'a, S: Into<Cow<'a, str>>> From<Entry<S>> for DiagnosisOut<'a> {
    fn from(Entry { id, text, details, link, .. }: Entry<S>) -> Self {
        Self { id: id.get(), diagnosis: text.into(), details: details.into(), link: link.get() }
    }
}

/// Read the prescription of a link
///
/// Of an accepted one, from either side: a list of none or one.
#[utoipa::path(
    get, path = "/api/diary/prescription/", tag = "Care", operation_id = "readPrescription",
    params(("link_id" = i64, Query, description = "The link")),
    responses((status = 200, description = "None or one", body = Vec<PrescriptionOut>))
)]
fn read_prescription(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    read::<PrescriptionOut>(request, care, EntryKind::Prescription)
}

/// Write the prescription of a link
///
/// For the link's doctor, once: later ones change it. The patient is notified.
#[utoipa::path(
    post, path = "/api/diary/prescription/", tag = "Care", operation_id = "writePrescription",
    params(("link_id" = i64, Query, description = "The link")),
    request_body = PrescriptionIn,
    responses((status = 201, description = "Written", body = PrescriptionOut))
)]
fn write_prescription(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    write::<PrescriptionOut, _>(request, care, EntryKind::Prescription, PrescriptionIn::ORDER, |fields| {
        let parts = PrescriptionIn::parts(fields, care);
        (parts.link, parts.whole())
    })
}

/// Change a prescription
///
/// For the link's doctor. The patient is notified when something changed.
#[utoipa::path(
    patch, path = "/api/diary/prescription/", tag = "Care", operation_id = "editPrescription",
    params(("prescription_id" = i64, Query, description = "Which one")),
    request_body = PrescriptionPatch,
    responses((status = 200, description = "As it is now", body = PrescriptionOut))
)]
fn edit_prescription(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    let own =
        care.own_entry(&request.caller, EntryKind::Prescription, chosen(request, EntryKind::Prescription)?)?;
    let entry = care.change(&own, PrescriptionPatch::read(request.input()?, care)?)?;
    Reply::ok(&PrescriptionOut::from(entry))
}

/// Take a prescription back
///
/// For the link's doctor. Nobody is notified.
#[utoipa::path(
    delete, path = "/api/diary/prescription/", tag = "Care", operation_id = "deletePrescription",
    params(("prescription_id" = i64, Query, description = "Which one")),
    responses((status = 204, description = "Deleted"))
)]
fn delete_prescription(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    delete(request, care, EntryKind::Prescription)
}

/// Read the diagnosis of a link
///
/// Of an accepted one, from either side: a list of none or one.
#[utoipa::path(
    get, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "readDiagnosis",
    params(("link_id" = i64, Query, description = "The link")),
    responses((status = 200, description = "None or one", body = Vec<DiagnosisOut>))
)]
fn read_diagnosis(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    read::<DiagnosisOut>(request, care, EntryKind::Diagnosis)
}

/// Write the diagnosis of a link
///
/// For the link's doctor, once: later ones change it. The patient is notified.
#[utoipa::path(
    post, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "writeDiagnosis",
    params(("link_id" = i64, Query, description = "The link")),
    request_body = DiagnosisIn,
    responses((status = 201, description = "Written", body = DiagnosisOut))
)]
fn write_diagnosis(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    write::<DiagnosisOut, _>(request, care, EntryKind::Diagnosis, DiagnosisIn::ORDER, |fields| {
        let parts = DiagnosisIn::parts(fields, care);
        (parts.link, parts.whole())
    })
}

/// Change a diagnosis
///
/// For the link's doctor. The patient is notified when something changed.
#[utoipa::path(
    patch, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "editDiagnosis",
    params(("diagnosis_id" = i64, Query, description = "Which one")),
    request_body = DiagnosisPatch,
    responses((status = 200, description = "As it is now", body = DiagnosisOut))
)]
fn edit_diagnosis(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    let own =
        care.own_entry(&request.caller, EntryKind::Diagnosis, chosen(request, EntryKind::Diagnosis)?)?;
    let entry = care.change(&own, DiagnosisPatch::read(request.input()?, care)?)?;
    Reply::ok(&DiagnosisOut::from(entry))
}

/// Take a diagnosis back
///
/// For the link's doctor. Nobody is notified.
#[utoipa::path(
    delete, path = "/api/diary/diagnosis/", tag = "Care", operation_id = "deleteDiagnosis",
    params(("diagnosis_id" = i64, Query, description = "Which one")),
    responses((status = 204, description = "Deleted"))
)]
fn delete_diagnosis(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    delete(request, care, EntryKind::Diagnosis)
}

fn read<Out: From<Entry> + Serialize>(
    request: &AuthedRequest,
    care: &CareService,
    kind: EntryKind,
) -> HandlerResult {
    let entry = care.entry_on(&request.caller, kind, link(request)?)?;
    Reply::ok(&Vec::from_iter(entry.map(Out::from)))
}

/// Both the link in the query and the one in the body are needed: the first is written on, the second is checked.
fn write<Out, F>(
    request: &AuthedRequest,
    care: &CareService,
    kind: EntryKind,
    order: &[&str],
    read: F,
) -> HandlerResult
where
    Out: From<Entry> + Serialize,
    F: FnOnce(&mut Fields<'_>) -> (Option<LinkId>, Option<EntryDraft>),
{
    let on = care.writable(&request.caller, link(request)?)?;
    let mut fields = Fields::of(request.input()?)?;
    let (named, draft) = read(&mut fields);
    if let Some(named) = named {
        care.note_reference(&request.caller, kind, named, &mut fields.field_errors)?;
    }
    let entry = care.write(&on, kind, fields.finish(draft, order)?)?;
    Reply::created(&Out::from(entry))
}

fn delete(request: &AuthedRequest, care: &CareService, kind: EntryKind) -> HandlerResult {
    care.remove(care.own_entry(&request.caller, kind, chosen(request, kind)?)?)?;
    Ok(Reply::no_content())
}

/// What is no id is nobody's link.
fn link(request: &AuthedRequest) -> Result<LinkId, CareError> {
    request.query.id("link_id").map(LinkId::new).ok_or(CareError::LinkUnknown)
}

/// What is no id is no entry.
fn chosen(request: &AuthedRequest, kind: EntryKind) -> Result<EntryId, CareError> {
    let key = match kind {
        EntryKind::Prescription => "prescription_id",
        EntryKind::Diagnosis => "diagnosis_id",
    };
    request.query.id(key).map(EntryId::new).ok_or(CareError::EntryUnknown(kind))
}
