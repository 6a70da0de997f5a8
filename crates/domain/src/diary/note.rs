//! A plain note, of the first version's clients. Nobody but its owner ever sees it.
use super::{Result, error::DiaryError};
use crate::{
    audit::{self, Act},
    identity::AccountId,
    shared::{Invalid, Patch, Timestamp, id, text},
};

id!(/// One note.
    NoteId);

/// 1 to 255 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteTitle(String);

impl NoteTitle {
    pub const MAX: usize = 255;

    /// # Errors
    /// As [`text::line()`], and [`Invalid::Blank`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        text::line(raw, Self::MAX).and_then(text::not_blank).map(Self)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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
    pub body: super::Description,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteEdit {
    pub title: Patch<NoteTitle>,
    pub body: Patch<super::Description>,
}

/// Everything that must become true together when a note is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteWriting {
    pub owner: AccountId,
    pub draft: NoteDraft,
    /// Its object is filled in by the store.
    pub audit: audit::Entry,
}

/// Everything that must become true together when a note is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteEditing {
    pub id: NoteId,
    pub owner: AccountId,
    pub edit: NoteEdit,
    pub audit: audit::Entry,
}

impl NoteDraft {
    pub fn writing(self, owner: AccountId, now: Timestamp) -> NoteWriting {
        NoteWriting { owner, draft: self, audit: audit::Entry::own(owner, Act::NoteMade, now) }
    }
}

impl Note {
    /// # Errors
    /// [`DiaryError::NoteUnknown`]: another's note is as unknown as none.
    pub(super) fn owned_by(self, owner: AccountId) -> Result<Self> {
        if self.owner == owner { Ok(self) } else { Err(DiaryError::NoteUnknown) }
    }
    pub fn edit(&self, edit: NoteEdit, now: Timestamp) -> NoteEditing {
        let audit = audit::Entry::own(self.owner, Act::NoteChanged, now).on(self.id.get());
        NoteEditing { id: self.id, owner: self.owner, edit, audit }
    }
    pub fn deletion(&self, now: Timestamp) -> audit::Entry {
        audit::Entry::own(self.owner, Act::NoteDeleted, now).on(self.id.get())
    }
}
