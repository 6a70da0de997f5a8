//! A plain note, of the first version's clients. Nobody but its owner ever sees it.
use super::error::DiaryError;
use crate::{
    identity::AccountId,
    owned::{Created, owned_resource},
    shared::{
        Patch, Timestamp, id,
        text::{Prose, short_text},
    },
};

id!(/// One note.
    NoteId);
short_text!(/// 1 to 255 characters.
    NoteTitle, 255, not_blank);

/// `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<S = String> {
    pub id: NoteId,
    pub owner: AccountId,
    pub title: S,
    pub body: S,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

impl<S> Note<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Note<T> {
        let Self { id, owner, title, body, created_at, modified_at } = self;
        Note { id, owner, title: text(title), body: text(body), created_at, modified_at }
    }
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

owned_resource!(
    Note, NoteId, created by Created<NoteDraft>, edited by NoteEdit,
    unknown as DiaryError::NoteUnknown,
    audited as NoteMade, NoteChanged, NoteDeleted
);
