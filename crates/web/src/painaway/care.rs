//! `/api/diary/link_doc/`, `doc_respond/`, `list_links/`: links between patients and doctors.
use super::bodies::{DoctorChoice, PatientChoice, ResponseIn};
use super::{
    entries::{DiagnosisOut, PrescriptionOut},
    user::{UserOut, WrittenUser, instant},
};
use crate::http::{Answer, Asked, Call, Input, Problem, Reply};
use actix_web::web::Data;
use domain::{
    care::{Answer as DoctorsAnswer, CareError, CareService, LinkId, LinkSheet},
    identity::{AccountId, Person, Username},
    shared::Timestamp,
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    patient: Side,
    #[schema(value_type = UserOut)]
    doctor: Side,
    /// `pending`, `accepted` or `rejected`.
    #[schema(example = "accepted")]
    status: &'static str,
    prescription: Option<PrescriptionOut>,
    diagnosis: Option<DiagnosisOut>,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    created_at: Timestamp,
}

/// One of the two. The caller stands in every link of the list.
#[derive(Serialize)]
#[serde(untagged)]
enum Side {
    Caller(WrittenUser),
    Other(UserOut),
}

impl LinkOut {
    fn id(&self) -> LinkId {
        LinkId::new(self.id)
    }
    fn of(sheet: LinkSheet, me: AccountId, caller: &WrittenUser) -> Self {
        let side = |person: Person| {
            if person.id == me { Side::Caller(caller.clone()) } else { Side::Other(person.into()) }
        };
        Self {
            id: sheet.link.id.get(),
            patient: side(sheet.patient),
            doctor: side(sheet.doctor),
            status: sheet.link.status.as_str(),
            prescription: sheet.prescription.map(PrescriptionOut::from),
            diagnosis: sheet.diagnosis.map(DiagnosisOut::from),
            created_at: sheet.link.requested_at,
        }
    }
}

/// Patients: asks a doctor for a link. The doctor's bell rings.
#[utoipa::path(
    post, path = "/api/diary/link_doc/", tag = "Care", operation_id = "requestLink",
    request_body = DoctorChoice,
    responses(
        (status = 200, description = "Asked", body = crate::schema::DetailBody,
            example = json!({ "detail": "Request sent" })),
        (status = 400, description = "No doctor, oneself, or asked before", body = crate::schema::FieldErrors,
            example = json!({ "error": "Request already exists" })),
        (status = 403, response = crate::schema::WrongRole),
        (status = 404, description = "Nobody has that name", body = crate::schema::ErrorBody,
            example = json!({ "error": "Doctor not found" })))
)]
pub(crate) async fn request_link(call: Call, care: Data<CareService>) -> Answer {
    let case = move |asked: Asked| {
        let patient = asked.caller.patient()?;
        let doctor = doctor(asked.input()?)?.ok_or(CareError::DoctorUnknown)?;
        care.request_link(patient, &doctor)?;
        Reply::ok(&json!({ "detail": "Request sent" }))
    };
    call.signed(case).await
}

/// The patient of a link ends it, whatever its status. Its prescription and diagnosis go with it.
#[utoipa::path(
    delete, path = "/api/diary/link_doc/", tag = "Care", operation_id = "withdrawLink",
    request_body = DoctorChoice,
    responses(
        (status = 204, description = "Ended"),
        (status = 404, description = "No link with a doctor of that name", body = crate::schema::ErrorBody,
            example = json!({ "error": "Request does not exists" })))
)]
pub(crate) async fn withdraw_link(call: Call, care: Data<CareService>) -> Answer {
    let case = move |asked: Asked| {
        let doctor = doctor(asked.input()?)?.ok_or(CareError::RequestUnknown)?;
        care.withdraw(&asked.caller, &doctor)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// Doctors: accepts or rejects a patient's request, also again later. The patient's bell rings when the answer is new.
#[utoipa::path(
    post, path = "/api/diary/doc_respond/", tag = "Care", operation_id = "respond",
    request_body = ResponseIn,
    responses(
        (status = 200, description = "Answered", body = crate::schema::DetailBody,
            example = json!({ "detail": "Request accepted." })),
        (status = 400, description = "Neither accept nor reject", body = crate::schema::FieldErrors,
            example = json!({ "error": "Invalid action." })),
        (status = 403, response = crate::schema::WrongRole),
        (status = 404, description = "That patient asked for nothing", body = crate::schema::ErrorBody,
            example = json!({ "error": "Request not found." })))
)]
pub(crate) async fn respond(call: Call, care: Data<CareService>) -> Answer {
    let case = move |asked: Asked| {
        let doctor = asked.caller.doctor()?;
        let input = asked.input()?;
        let patient = patient(input)?;
        let Some(answer) = input.text("action").and_then(|word| DoctorsAnswer::parse(&word)) else {
            // A patient who asked for nothing is refused before a word that is none.
            care.link_with(doctor, patient)?;
            return Err(CareError::AnswerUnknown.into());
        };
        care.respond(doctor, patient, answer)?;
        let detail = match answer {
            DoctorsAnswer::Accept => "Request accepted.",
            DoctorsAnswer::Reject => "Request rejected.",
        };
        Reply::ok(&json!({ "detail": detail }))
    };
    call.signed(case).await
}

/// Doctors: ends the link with a patient, whatever its status.
#[utoipa::path(
    delete, path = "/api/diary/doc_respond/", tag = "Care", operation_id = "releasePatient",
    request_body = PatientChoice,
    responses(
        (status = 204, description = "Ended"),
        (status = 403, response = crate::schema::WrongRole),
        (status = 404, description = "No link with that patient", body = crate::schema::ErrorBody,
            example = json!({ "error": "Request does not exists" })))
)]
pub(crate) async fn release_patient(call: Call, care: Data<CareService>) -> Answer {
    let case = move |asked: Asked| {
        let doctor = asked.caller.doctor()?;
        care.release(doctor, patient(asked.input()?)?)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// Every link of the caller's, from either side, of every status, with its prescription and diagnosis.
#[utoipa::path(
    get, path = "/api/diary/list_links/", tag = "Care", operation_id = "listLinks",
    responses(
        (status = 200, description = "Links", body = Vec<LinkOut>))
)]
pub(crate) async fn list_links(call: Call, care: Data<CareService>) -> Answer {
    let case = move |asked: Asked| {
        let (me, written) = (asked.caller.id(), WrittenUser::of(asked.caller.person.clone())?);
        Reply::list(LinkOut::id, move |window| {
            let sheets = care.links_of(&asked.caller, window)?;
            Ok(sheets.into_iter().map(|sheet| LinkOut::of(sheet, me, &written)).collect())
        })
    };
    call.signed(case).await
}

/// `None` when what was sent can be nobody's name: then nobody has it.
fn doctor(input: &Input) -> Result<Option<Username>, Problem> {
    input.object()?;
    Ok(input.text("doc_username").and_then(|raw| Username::known_as(&raw).ok()))
}

/// What is no id is nobody who asked.
fn patient(input: &Input) -> Result<AccountId, Problem> {
    input.object()?;
    Ok(input.id("patient_id").map(AccountId::new).ok_or(CareError::RequestUnknown)?)
}
