//! `/api/diary/bodyparts/` and `/api/diary/stats/`: the body map, and records of pain on it.
use super::bodies::{RecordChoice, RecordIn, RecordPatch};
use super::user::{UserOut, WrittenUser, instant};
use crate::http::{Answer, Asked, Call, Fields, Input, Problem, Reply, boolean, integer, reference, text};
use actix_web::web::{Bytes, Data};
use domain::{
    diary::{
        BodyMap, BodyPart, DiaryError, DiaryService, Intensity, PainType, Record, RecordDraft, RecordEdit,
        RecordId,
    },
    identity::AccountId,
    shared::{Timestamp, text::Prose},
};
use serde::Serialize;
use std::sync::OnceLock;
use utoipa::ToSchema;

/// The order in which refusals are told.
const FIELDS: [&str; 5] = ["pain_type", "intensity", "description", "tookPrescription", "body_part"];

#[derive(Serialize, ToSchema)]
#[schema(as = BodyPart)]
pub(crate) struct BodyPartOut<'a> {
    #[schema(example = 25, minimum = 1, maximum = 44)]
    id: i64,
    #[schema(example = "right-feet")]
    name: &'a str,
    #[schema(example = "Правая ступня")]
    translation: &'a str,
}

impl<'a> From<&'a BodyPart> for BodyPartOut<'a> {
    fn from(part: &'a BodyPart) -> Self {
        Self { id: part.id.get(), name: &part.name, translation: &part.translation }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Record)]
#[expect(non_snake_case, reason = "the clients' own spelling")]
pub(crate) struct RecordOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: WrittenUser,
    #[schema(example = "stabbing")]
    pain_type: &'static str,
    /// Numeric rating scale: 0 is no pain, 10 the worst imaginable.
    #[schema(example = 3, minimum = 0, maximum = 10)]
    intensity: u8,
    #[schema(example = "fell on my scissors")]
    description: String,
    tookPrescription: bool,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    date_recorded: Timestamp,
    /// Moves at every change.
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    last_modified: Timestamp,
    #[schema(example = 25, minimum = 1, maximum = 44)]
    body_part: i64,
}

impl RecordOut {
    fn id(&self) -> RecordId {
        RecordId::new(self.id)
    }
    fn of(record: Record, owner: WrittenUser) -> Self {
        Self {
            id: record.id.get(),
            owner,
            pain_type: record.pain_type.as_str(),
            intensity: record.intensity.get(),
            description: record.description,
            tookPrescription: record.took_prescription,
            date_recorded: record.recorded_at,
            last_modified: record.modified_at,
            body_part: record.body_part.get(),
        }
    }
}

/// The 44 parts of the body map, by id.
#[utoipa::path(
    get, path = "/api/diary/bodyparts/", tag = "Pain diary", operation_id = "bodyParts",
    responses(
        (status = 200, description = "44 parts", body = Vec<BodyPartOut>))
)]
pub(crate) async fn body_parts(call: Call, diary: Data<DiaryService>, drawn: Data<DrawnMap>) -> Answer {
    call.caller().await?;
    Ok(Reply::ready(drawn.of(&diary.body)?).into_response())
}

/// The body map as it is sent: it never changes while the house runs.
#[derive(Default)]
pub(super) struct DrawnMap(OnceLock<Bytes>);

impl DrawnMap {
    fn of(&self, map: &BodyMap) -> Result<Bytes, Problem> {
        if let Some(drawn) = self.0.get() {
            return Ok(drawn.clone());
        }
        let parts: Vec<_> = map.parts().iter().map(BodyPartOut::from).collect();
        let drawn = Bytes::from(serde_json::to_vec(&parts).map_err(Problem::broken)?);
        Ok(self.0.get_or_init(|| drawn).clone())
    }
}

/// The caller's own records, oldest first.
///
/// A doctor who names a patient gets that patient's, if the link between them is accepted; for anyone else `patient_id`
/// means nothing.
#[utoipa::path(
    get, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "listRecords",
    params(("patient_id" = Option<i64>, Query, description = "Doctors only: whose records")),
    responses(
        (status = 200, description = "Records", body = Vec<RecordOut>),
        (status = 403, description = "No accepted link, or no such patient", body = crate::schema::DetailBody,
            example = json!({ "detail": "Not authorized to view this patient." })))
)]
pub(crate) async fn list_records(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let patient = match asked.caller.doctor() {
            Ok(_) if asked.query.get("patient_id").is_some() => {
                let id = asked.query.id("patient_id").map(AccountId::new);
                Some(id.ok_or(DiaryError::NotYourPatient)?)
            }
            Ok(_) | Err(_) => None,
        };
        Reply::list(RecordOut::id, move |window| {
            let (owner, records) = match patient {
                Some(patient) => diary.records_of_patient(asked.caller.doctor()?, patient, window)?,
                None => (asked.caller.person.clone(), diary.records.page(&asked.caller, window)?),
            };
            let owner = WrittenUser::of(owner)?;
            Ok(records.into_iter().map(|record| RecordOut::of(record, owner.clone())).collect())
        })
    };
    call.signed(case).await
}

/// Makes a record, now. The bell rings at every doctor who has an accepted link with the caller.
#[utoipa::path(
    post, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "makeRecord",
    request_body = RecordIn,
    responses(
        (status = 201, description = "The record", body = RecordOut),
        (status = 400, description = "Every refused field, with its reasons", body = crate::schema::FieldErrors,
            example = json!({ "intensity": ["Intensity must be between 0 and 10"] })))
)]
pub(crate) async fn make_record(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let draft = draft(asked.input()?, &diary)?;
        let record = diary.create_record(&asked.caller, draft)?;
        Reply::created(&RecordOut::of(record, WrittenUser::of(asked.caller.person)?))
    };
    call.signed(case).await
}

/// Changes the fields of one's own record that are sent.
#[utoipa::path(
    patch, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "editRecord",
    request_body = RecordPatch,
    responses(
        (status = 200, description = "The record as it is now", body = RecordOut),
        (status = 400, description = "Every refused field, with its reasons", body = crate::schema::FieldErrors),
        (status = 404, description = "Unknown, missing or another's", body = crate::schema::ErrorBody,
            example = json!({ "error": "Stat not found" })))
)]
pub(crate) async fn edit_record(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let input = asked.input()?;
        let own = diary.records.own(&asked.caller, chosen(input)?)?;
        let record = diary.records.edit(&own, edit(input, &diary)?)?;
        Reply::ok(&RecordOut::of(record, WrittenUser::of(asked.caller.person)?))
    };
    call.signed(case).await
}

/// Deletes one's own record.
#[utoipa::path(
    delete, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "deleteRecord",
    request_body = RecordChoice,
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "Unknown, missing or another's", body = crate::schema::ErrorBody,
            example = json!({ "error": "stat not found" })))
)]
pub(crate) async fn delete_record(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        diary.records.delete(diary.records.own(&asked.caller, chosen(asked.input()?)?)?)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// What is no id is nobody's record.
fn chosen(input: &Input) -> Result<RecordId, Problem> {
    input.object()?;
    Ok(input.id("stat_pk").map(RecordId::new).ok_or(DiaryError::RecordUnknown)?)
}

fn draft(input: &Input, diary: &DiaryService) -> Result<RecordDraft, Problem> {
    let mut fields = Fields::of(input)?;
    let pain_type = fields.required("pain_type", text(PainType::parse));
    let intensity = fields.required("intensity", integer(Intensity::parse));
    let description = fields.defaulted("description", text(Prose::parse));
    let took_prescription = fields.defaulted("tookPrescription", boolean);
    let body_part = fields.required("body_part", reference(|id| diary.body.find(id)));
    let whole = || {
        Some(RecordDraft {
            pain_type: pain_type?,
            intensity: intensity?,
            description: description?,
            took_prescription: took_prescription?,
            body_part: body_part?,
        })
    };
    whole().ok_or_else(|| fields.refused(&FIELDS))
}

fn edit(input: &Input, diary: &DiaryService) -> Result<RecordEdit, Problem> {
    let mut fields = Fields::of(input)?;
    let edit = RecordEdit {
        pain_type: fields.patch("pain_type", text(PainType::parse)),
        intensity: fields.patch("intensity", integer(Intensity::parse)),
        description: fields.patch("description", text(Prose::parse)),
        took_prescription: fields.patch("tookPrescription", boolean),
        body_part: fields.patch("body_part", reference(|id| diary.body.find(id))),
    };
    if fields.violations.is_empty() { Ok(edit) } else { Err(fields.refused(&FIELDS)) }
}
