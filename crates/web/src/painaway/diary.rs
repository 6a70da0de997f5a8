//! `/api/diary/bodyparts/` and `/api/diary/stats/`: the body map, and records of pain on it.
use super::user::{UserOut, WrittenUser};
use crate::{
    body,
    django::DjangoTime,
    http::{AuthedRequest, HandlerResult, Input, Refusal, Reply, Resource},
    keys, route, words,
};
use actix_web::web::Bytes;
use domain::{
    diary::{
        BodyMap, BodyPart, BodyPartId, DiaryError, DiaryService, Intensity, PainType, Record, RecordDraft,
        RecordEdit, RecordId,
    },
    identity::{AccountId, Caller, Person},
    shared::text::Prose,
};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    let unknown = || [DiaryError::RecordUnknown];
    [
        Resource::new("Body Parts", [route!(batched body_parts)]),
        Resource::new(
            "Body Stats",
            [
                route!(streams list)
                    .audited_when(|query| query.get("patient_id").is_some())
                    .refuses([DiaryError::NotYourPatient]),
                route!(authenticated make).idempotent().refuses(unknown()),
                route!(authenticated edit).refuses(unknown()),
                route!(authenticated delete).refuses(unknown()),
            ],
        ),
    ]
}

words! {
    PainTypes as "PainType" = PainType::ALL.map(PainType::as_str)
}

body! {
    /// What a new record takes.
    RecordIn as "NewRecord" => RecordDraft, for diary: DiaryService, {
        pain_type: PainType = required word(PainTypes),
        /// 0 is no pain, 10 the worst imaginable.
        intensity: Intensity = required integer,
        description: Prose = defaulted text,
        took_prescription as "tookPrescription": bool = defaulted boolean,
        /// The id of a part of the body map.
        body_part: BodyPartId = required reference(|id| diary.body.find(id)),
    }
    example {
        "body_part": 25, "pain_type": "stabbing", "intensity": 3, "tookPrescription": true,
        "description": "fell on my scissors"
    }
    /// What of a record may be changed: the fields that are sent.
    RecordPatch as "RecordChange" => RecordEdit by {
        /// Which record. Without it none is found.
        stat_pk
    }
    example { "stat_pk": 1, "intensity": 5 }
}

keys! {
    RecordChoice as "RecordChoice" {
        /// Which record.
        stat_pk: RecordId = required id,
    }
    example { "stat_pk": 1 }
}

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
pub(crate) struct RecordOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: &'a WrittenUser,
    #[schema(example = "stabbing", value_type = PainTypes)]
    pain_type: &'static str,
    /// Numeric rating scale: 0 is no pain, 10 the worst imaginable.
    #[schema(example = 3, minimum = 0, maximum = 10)]
    intensity: u8,
    #[schema(example = "fell on my scissors")]
    description: Cow<'a, str>,
    tookPrescription: bool,
    date_recorded: DjangoTime,
    /// Moves at every change.
    last_modified: DjangoTime,
    #[schema(example = 25, minimum = 1, maximum = 44)]
    body_part: i64,
}

impl<'a> RecordOut<'a> {
    fn of<S: Into<Cow<'a, str>>>(record: Record<S>, owner: &'a WrittenUser) -> Self {
        Self {
            id: record.id.get(),
            owner,
            pain_type: record.pain_type.as_str(),
            intensity: record.intensity.get(),
            description: record.description.into(),
            tookPrescription: record.took_prescription,
            date_recorded: DjangoTime(record.recorded_at),
            last_modified: DjangoTime(record.modified_at),
            body_part: record.body_part.get(),
        }
    }
}

/// Read the body map
///
/// The 44 parts of the body, by id, with their names in English and Russian.
#[utoipa::path(
    get, path = "/api/diary/bodyparts/", tag = "Pain diary", operation_id = "bodyParts",
    responses((status = 200, description = "44 parts", body = Vec<BodyPartOut>))
)]
fn body_parts(callers: &[&Caller], map: &BodyMapJson) -> Result<Vec<Reply>, Refusal> {
    Ok(callers.iter().map(|_| Reply::ready(map.0.clone())).collect())
}

/// The body map as it is sent, written once: it never changes while the server runs.
pub struct BodyMapJson(Bytes);

impl BodyMapJson {
    /// # Errors
    /// A name that cannot be written as JSON.
    pub fn of(map: &BodyMap) -> sonic_rs::Result<Self> {
        let parts: Vec<_> = map.parts().iter().map(BodyPartOut::from).collect();
        Ok(Self(sonic_rs::to_vec(&parts)?.into()))
    }
}

/// List records
///
/// The caller's own, oldest first. A doctor who names a patient gets that patient's, if the link between them is
/// accepted; for anyone else `patient_id` means nothing.
#[utoipa::path(
    get, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "listRecords",
    params(("patient_id" = Option<i64>, Query, description = "Doctors only: whose records")),
    responses((status = 200, description = "Records", body = Vec<RecordOut>))
)]
fn list(request: AuthedRequest, diary: Arc<DiaryService>) -> HandlerResult {
    let patient = match request.caller.doctor() {
        Ok(_) if request.query.get("patient_id").is_some() => {
            let id = request.query.id("patient_id").map(AccountId::new);
            Some(id.ok_or(DiaryError::NotYourPatient)?)
        }
        Ok(_) | Err(_) => None,
    };
    Reply::list(move |page, rows| {
        let mut written = None;
        let mut show = |owner: &Person, record: Record<&str>| {
            let owner = written.get_or_insert_with(|| owner.clone().into());
            rows.push(record.id, &RecordOut::of(record, owner));
        };
        let caller = &request.caller;
        match patient {
            Some(patient) => diary.records_of_patient(caller.doctor()?, patient, page, &mut show)?,
            None => diary.records.page(caller, page, &mut |record| show(&caller.person, record))?,
        }
        Ok(())
    })
}

/// Add a record
///
/// A record of pain, now. Every doctor who has an accepted link with the caller is notified.
#[utoipa::path(
    post, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "makeRecord",
    request_body = RecordIn,
    responses((status = 201, description = "The record", body = RecordOut))
)]
fn make(request: &AuthedRequest, diary: &DiaryService) -> HandlerResult {
    let record = diary.create_record(&request.caller, RecordIn::read(request.input()?, diary)?)?;
    Reply::created(&RecordOut::of(record, &request.caller.person.clone().into()))
}

/// Change a record
///
/// Changes the fields that are sent of one's own record. Its `last_modified` moves.
#[utoipa::path(
    patch, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "editRecord",
    request_body = RecordPatch,
    responses((status = 200, description = "The record as it is now", body = RecordOut))
)]
fn edit(request: &AuthedRequest, diary: &DiaryService) -> HandlerResult {
    let input = request.input()?;
    let own = diary.records.own(&request.caller, chosen(input)?)?;
    let record = diary.records.edit(&own, RecordPatch::read(input, diary)?)?;
    Reply::ok(&RecordOut::of(record, &request.caller.person.clone().into()))
}

/// Delete a record
///
/// One's own only. A doctor cannot delete a patient's.
#[utoipa::path(
    delete, path = "/api/diary/stats/", tag = "Pain diary", operation_id = "deleteRecord",
    request_body = RecordChoice,
    responses((status = 204, description = "Deleted"))
)]
fn delete(request: &AuthedRequest, diary: &DiaryService) -> HandlerResult {
    diary.records.delete(diary.records.own(&request.caller, chosen(request.input()?)?)?)?;
    Ok(Reply::no_content())
}

/// What is no id is nobody's record.
fn chosen(input: &Input) -> Result<RecordId, Refusal> {
    Ok(RecordChoice::read(input)?.stat_pk.ok_or(DiaryError::RecordUnknown)?)
}
