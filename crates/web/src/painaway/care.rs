//! `/api/diary/link_doc/`, `doc_respond/`, `list_links/`: links between patients and doctors.
use super::{
    entries::{DiagnosisOut, PrescriptionOut},
    user::{UserOut, WrittenUser},
};
use crate::{
    django::DjangoTime,
    http::{AuthedRequest, HandlerResult, Reply, Resource},
    keys, route, words,
};
use domain::{
    care::{Answer, CareError, CareService, LinkSheet, Status},
    identity::{AccountId, Doctor, Patient, Person, Username},
};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 3] {
    use CareError::{
        AlreadyRequested, AnswerUnknown, DoctorUnknown, NotADoctor, Oneself, Outdated, RequestUnknown,
    };
    [
        Resource::new(
            "Link Doctor",
            [
                route!(patient request_link).refuses([DoctorUnknown, NotADoctor, Oneself, AlreadyRequested]),
                route!(authenticated withdraw_link).refuses([RequestUnknown]),
            ],
        ),
        Resource::new(
            "Doctor Respond",
            [
                route!(doctor respond).refuses([RequestUnknown, AnswerUnknown, Outdated]),
                route!(doctor release_patient).refuses([RequestUnknown]),
            ],
        ),
        Resource::new("List Links", [route!(streams list_links).audited()]),
    ]
}

keys! {
    DoctorChoice as "DoctorChoice" {
        /// The doctor's name.
        doc_username: Username = required text(|raw: &str| Username::known_as(raw).ok()),
    }
    example { "doc_username": "house" }
}

words! {
    Answers as "Answer" = Answer::ALL.map(Answer::as_str)
}
words! {
    LinkStatuses as "LinkStatus" = Status::ALL.map(Status::as_str)
}

keys! {
    ResponseIn as "LinkAnswer" {
        patient_id: AccountId = required id,
        action: Answer = required word(Answer::parse, Answers),
    }
    example { "patient_id": 7, "action": "accept" }
}

keys! {
    PatientChoice as "PatientChoice" {
        patient_id: AccountId = required id,
    }
    example { "patient_id": 7 }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    patient: Side<'a>,
    #[schema(value_type = UserOut)]
    doctor: Side<'a>,
    #[schema(example = "accepted", value_type = LinkStatuses)]
    status: &'static str,
    #[schema(required)]
    prescription: Option<PrescriptionOut<'a>>,
    #[schema(required)]
    diagnosis: Option<DiagnosisOut<'a>>,
    created_at: DjangoTime,
}

/// One of the two. The caller stands in every link of the list.
#[derive(Serialize)]
#[serde(untagged)]
enum Side<'a> {
    Caller(&'a WrittenUser),
    Other(UserOut<'a>),
}

impl<'a> LinkOut<'a> {
    fn of(sheet: LinkSheet<&'a str>, me: AccountId, caller: &'a WrittenUser) -> Self {
        let side = |person: Person<&'a str>| {
            if person.id == me { Side::Caller(caller) } else { Side::Other(person.into()) }
        };
        Self {
            id: sheet.link.id.get(),
            patient: side(sheet.patient),
            doctor: side(sheet.doctor),
            status: sheet.link.status.as_str(),
            prescription: sheet.prescription.map(PrescriptionOut::from),
            diagnosis: sheet.diagnosis.map(DiagnosisOut::from),
            created_at: DjangoTime(sheet.link.requested_at),
        }
    }
}

/// Ask a doctor for a link
///
/// For patients. The doctor is notified, and reads nothing before accepting.
#[utoipa::path(
    post, path = "/api/diary/link_doc/", tag = "Care", operation_id = "requestLink",
    request_body = DoctorChoice,
    responses((status = 200, description = "Asked", body = crate::django::DetailBody,
        example = json!({ "detail": "Request sent" })))
)]
fn request_link(request: &AuthedRequest, patient: Patient<'_>, care: &CareService) -> HandlerResult {
    let doctor = DoctorChoice::read(request.input()?)?.doc_username.ok_or(CareError::DoctorUnknown)?;
    care.request_link(patient, &doctor)?;
    Reply::ok(&json!({ "detail": "Request sent" }))
}

/// End a link, as its patient
///
/// Whatever its status. Its prescription and diagnosis go with it.
#[utoipa::path(
    delete, path = "/api/diary/link_doc/", tag = "Care", operation_id = "withdrawLink",
    request_body = DoctorChoice,
    responses((status = 204, description = "Ended"))
)]
fn withdraw_link(request: &AuthedRequest, care: &CareService) -> HandlerResult {
    let doctor = DoctorChoice::read(request.input()?)?.doc_username.ok_or(CareError::RequestUnknown)?;
    care.withdraw(&request.caller, &doctor)?;
    Ok(Reply::no_content())
}

/// Answer a patient's request
///
/// For doctors: accepts or rejects it, also again later. The patient is notified when the answer is new.
#[utoipa::path(
    post, path = "/api/diary/doc_respond/", tag = "Care", operation_id = "respond",
    request_body = ResponseIn,
    responses((status = 200, description = "Answered", body = crate::django::DetailBody,
        example = json!({ "detail": "Request accepted." })))
)]
fn respond(request: &AuthedRequest, doctor: Doctor<'_>, care: &CareService) -> HandlerResult {
    let ResponseIn { patient_id, action } = ResponseIn::read(request.input()?)?;
    let patient = patient_id.ok_or(CareError::RequestUnknown)?;
    let Some(answer) = action else {
        // A patient who asked for nothing is refused before a word that is no answer.
        care.link_with(doctor, patient)?;
        return Err(CareError::AnswerUnknown.into());
    };
    care.respond(doctor, patient, answer)?;
    let detail = match answer {
        Answer::Accept => "Request accepted.",
        Answer::Reject => "Request rejected.",
    };
    Reply::ok(&json!({ "detail": detail }))
}

/// End a link, as its doctor
///
/// Whatever its status. Its prescription and diagnosis go with it.
#[utoipa::path(
    delete, path = "/api/diary/doc_respond/", tag = "Care", operation_id = "releasePatient",
    request_body = PatientChoice,
    responses((status = 204, description = "Ended"))
)]
fn release_patient(request: &AuthedRequest, doctor: Doctor<'_>, care: &CareService) -> HandlerResult {
    let patient = PatientChoice::read(request.input()?)?.patient_id.ok_or(CareError::RequestUnknown)?;
    care.release(doctor, patient)?;
    Ok(Reply::no_content())
}

/// List one's links
///
/// Every link of the caller's, from either side, of every status, with its prescription and diagnosis.
#[utoipa::path(
    get, path = "/api/diary/list_links/", tag = "Care", operation_id = "listLinks",
    responses((status = 200, description = "Links", body = Vec<LinkOut>))
)]
fn list_links(request: AuthedRequest, care: Arc<CareService>) -> HandlerResult {
    let (me, written) = (request.caller.id(), WrittenUser::from(request.caller.person.clone()));
    Reply::list(move |page, rows| {
        let mut show = |sheet: LinkSheet<&str>| rows.push(sheet.link.id, &LinkOut::of(sheet, me, &written));
        Ok(care.links_of(&request.caller, page, &mut show)?)
    })
}
