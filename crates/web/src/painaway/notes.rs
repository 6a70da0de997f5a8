//! `/api/diary/notes/`: version 1's plain notes.
use super::bodies::{NoteChoice, NoteIn, NotePatch};
use super::user::{UserOut, WrittenUser, instant};
use crate::http::{Answer, Asked, Call, Fields, Input, Problem, Reply, text};
use actix_web::web::Data;
use domain::{
    diary::{DiaryError, DiaryService, Note, NoteDraft, NoteEdit, NoteId, NoteTitle},
    shared::{Timestamp, text::Prose},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The order in which refusals are told.
const FIELDS: [&str; 2] = ["title", "body"];

#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
pub(crate) struct NoteOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: WrittenUser,
    #[schema(example = "Ask the doctor", max_length = 255)]
    title: String,
    #[schema(example = "about the new pills")]
    body: String,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    created_on: Timestamp,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    last_modified: Timestamp,
}

impl NoteOut {
    fn id(&self) -> NoteId {
        NoteId::new(self.id)
    }
    fn of(note: Note, owner: WrittenUser) -> Self {
        Self {
            id: note.id.get(),
            owner,
            title: note.title,
            body: note.body,
            created_on: note.created_at,
            last_modified: note.modified_at,
        }
    }
}

/// The caller's own notes, oldest first.
#[utoipa::path(
    get, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "listNotes",
    responses(
        (status = 200, description = "Notes", body = Vec<NoteOut>))
)]
pub(crate) async fn list_notes(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let owner = WrittenUser::of(asked.caller.person.clone())?;
        Reply::list(NoteOut::id, move |window| {
            let notes = diary.notes.page(&asked.caller, window)?;
            Ok(notes.into_iter().map(|note| NoteOut::of(note, owner.clone())).collect())
        })
    };
    call.signed(case).await
}

/// Writes a note.
#[utoipa::path(
    post, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "writeNote",
    request_body = NoteIn,
    responses(
        (status = 201, description = "The note", body = NoteOut),
        (status = 400, description = "Every refused field, with its reasons", body = crate::schema::FieldErrors,
            example = json!({ "title": ["This field is required."] })))
)]
pub(crate) async fn write_note(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let note = diary.notes.create(&asked.caller, draft(asked.input()?)?)?;
        Reply::created(&NoteOut::of(note, WrittenUser::of(asked.caller.person)?))
    };
    call.signed(case).await
}

/// Changes title or body of one's own note.
#[utoipa::path(
    patch, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "editNote",
    request_body = NotePatch,
    responses(
        (status = 200, description = "The note as it is now", body = NoteOut),
        (status = 400, description = "Every refused field, with its reasons", body = crate::schema::FieldErrors),
        (status = 404, description = "Unknown, missing or another's", body = crate::schema::ErrorBody,
            example = json!({ "error": "Note not found" })))
)]
pub(crate) async fn edit_note(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        let input = asked.input()?;
        let own = diary.notes.own(&asked.caller, chosen(input)?)?;
        let note = diary.notes.edit(&own, edit(input)?)?;
        Reply::ok(&NoteOut::of(note, WrittenUser::of(asked.caller.person)?))
    };
    call.signed(case).await
}

/// Deletes one's own note.
#[utoipa::path(
    delete, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "deleteNote",
    request_body = NoteChoice,
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "Unknown, missing or another's", body = crate::schema::ErrorBody,
            example = json!({ "error": "Note not found" })))
)]
pub(crate) async fn delete_note(call: Call, diary: Data<DiaryService>) -> Answer {
    let case = move |asked: Asked| {
        diary.notes.delete(diary.notes.own(&asked.caller, chosen(asked.input()?)?)?)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// What is no id is nobody's note.
fn chosen(input: &Input) -> Result<NoteId, Problem> {
    input.object()?;
    Ok(input.id("note_pk").map(NoteId::new).ok_or(DiaryError::NoteUnknown)?)
}

fn draft(input: &Input) -> Result<NoteDraft, Problem> {
    let mut fields = Fields::of(input)?;
    let title = fields.required("title", text(NoteTitle::parse));
    let body = fields.defaulted("body", text(Prose::parse));
    let whole = || Some(NoteDraft { title: title?, body: body? });
    whole().ok_or_else(|| fields.refused(&FIELDS))
}

fn edit(input: &Input) -> Result<NoteEdit, Problem> {
    let mut fields = Fields::of(input)?;
    let edit = NoteEdit {
        title: fields.patch("title", text(NoteTitle::parse)),
        body: fields.patch("body", text(Prose::parse)),
    };
    if fields.violations.is_empty() { Ok(edit) } else { Err(fields.refused(&FIELDS)) }
}
