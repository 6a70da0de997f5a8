//! `/api/diary/notes/`: version 1's plain notes.
use super::user::{UserOut, WrittenUser};
use crate::{
    body,
    django::DjangoTime,
    http::{AuthedRequest, HandlerResult, Input, Refusal, Reply, Resource},
    keys, route,
};
use domain::{
    diary::{DiaryError, Note, NoteDraft, NoteEdit, NoteId, NoteTitle},
    owned::OwnedService,
    shared::text::Prose,
};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

pub(super) fn resource() -> Resource {
    let unknown = || [DiaryError::NoteUnknown];
    Resource::new(
        "Notes",
        [
            route!(streams list),
            route!(authenticated write).idempotent().refuses(unknown()),
            route!(authenticated edit).refuses(unknown()),
            route!(authenticated delete).refuses(unknown()),
        ],
    )
}

body! {
    /// What a new note takes.
    NoteIn as "NewNote" => NoteDraft, for _notes: OwnedService<Note>, {
        title: NoteTitle = required text,
        body: Prose = defaulted text,
    }
    example { "title": "Ask the doctor", "body": "about the new pills" }
    /// What of a note may be changed: the fields that are sent.
    NotePatch as "NoteChange" => NoteEdit by {
        /// Which note. Without it none is found.
        note_pk
    }
    example { "note_pk": 1, "body": "done" }
}

keys! {
    NoteChoice as "NoteChoice" {
        /// Which note.
        note_pk: NoteId = required id,
    }
    example { "note_pk": 1 }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
pub(crate) struct NoteOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: &'a WrittenUser,
    #[schema(example = "Ask the doctor", max_length = 255)]
    title: Cow<'a, str>,
    #[schema(example = "about the new pills")]
    body: Cow<'a, str>,
    created_on: DjangoTime,
    last_modified: DjangoTime,
}

impl<'a> NoteOut<'a> {
    fn of<S: Into<Cow<'a, str>>>(note: Note<S>, owner: &'a WrittenUser) -> Self {
        Self {
            id: note.id.get(),
            owner,
            title: note.title.into(),
            body: note.body.into(),
            created_on: DjangoTime(note.created_at),
            last_modified: DjangoTime(note.modified_at),
        }
    }
}

/// List one's notes
///
/// The caller's own, oldest first. Nobody else reads them.
#[utoipa::path(
    get, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "listNotes",
    responses((status = 200, description = "Notes", body = Vec<NoteOut>))
)]
fn list(request: AuthedRequest, notes: Arc<OwnedService<Note>>) -> HandlerResult {
    let owner = WrittenUser::from(request.caller.person.clone());
    Reply::list(move |page, rows| {
        Ok(notes.page(&request.caller, page, &mut |note| rows.push(note.id, &NoteOut::of(note, &owner)))?)
    })
}

/// Add a note
///
/// A title, and a text that may be blank.
#[utoipa::path(
    post, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "writeNote",
    request_body = NoteIn,
    responses((status = 201, description = "The note", body = NoteOut))
)]
fn write(request: &AuthedRequest, notes: &OwnedService<Note>) -> HandlerResult {
    let note = notes.create(&request.caller, NoteIn::read(request.input()?, notes)?)?;
    Reply::created(&NoteOut::of(note, &request.caller.person.clone().into()))
}

/// Change a note
///
/// Changes title or body of one's own note: what is sent.
#[utoipa::path(
    patch, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "editNote",
    request_body = NotePatch,
    responses((status = 200, description = "The note as it is now", body = NoteOut))
)]
fn edit(request: &AuthedRequest, notes: &OwnedService<Note>) -> HandlerResult {
    let input = request.input()?;
    let own = notes.own(&request.caller, chosen(input)?)?;
    let note = notes.edit(&own, NotePatch::read(input, notes)?)?;
    Reply::ok(&NoteOut::of(note, &request.caller.person.clone().into()))
}

/// Delete a note
///
/// One's own only.
#[utoipa::path(
    delete, path = "/api/diary/notes/", tag = "Pain diary", operation_id = "deleteNote",
    request_body = NoteChoice,
    responses((status = 204, description = "Deleted"))
)]
fn delete(request: &AuthedRequest, notes: &OwnedService<Note>) -> HandlerResult {
    notes.delete(notes.own(&request.caller, chosen(request.input()?)?)?)?;
    Ok(Reply::no_content())
}

/// What is no id is nobody's note.
fn chosen(input: &Input) -> Result<NoteId, Refusal> {
    Ok(NoteChoice::read(input)?.note_pk.ok_or(DiaryError::NoteUnknown)?)
}
