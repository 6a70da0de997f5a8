//! A plain note, of the first version's clients. Nobody but its owner ever sees it.
use super::error::DiaryError;
use crate::{
    audit::Act,
    identity::AccountId,
    owned::{AuditActions, Created, OwnedResource},
    shared::{
        Patch, Timestamp, id,
        text::{Prose, short_text},
    },
};

id!(/// One note.
    NoteId);
short_text!(/// 1 to 255 characters.
    NoteTitle, 255, not_blank);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub owner: AccountId,
    pub title: String,
    pub body: String,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteDraft {
    pub title: NoteTitle,
    pub body: Prose,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteEdit {
    pub title: Patch<NoteTitle>,
    pub body: Patch<Prose>,
}

impl OwnedResource for Note {
    type Id = NoteId;
    type Creation = Created<NoteDraft>;
    type Edit = NoteEdit;
    type Error = DiaryError;

    const AUDIT: AuditActions =
        AuditActions { created: Act::NoteMade, changed: Act::NoteChanged, deleted: Act::NoteDeleted };

    fn unknown() -> DiaryError {
        DiaryError::NoteUnknown
    }
    fn id(&self) -> NoteId {
        self.id
    }
    fn owner(&self) -> AccountId {
        self.owner
    }
}
