//! Notes.
use crate::{
    owned::{OwnedTable, owned_table},
    store::{At, schema::notes},
};
use diesel::prelude::*;
use domain::{
    diary::{Note, NoteDraft, NoteId, NoteTitle},
    shared::{AccountId, StoreError, text::Prose},
};

pub type DieselNoteRepository = OwnedTable<NoteRow>;

owned_table! {
    notes: NoteRow of Note, drafted as NoteDraft, since created_at;
    title <- title: NoteTitle::as_str,
    body <- body: Prose::as_str,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notes)]
pub struct NoteRow<S = String> {
    id: i64,
    owner_id: i64,
    title: S,
    body: S,
    created_at: At,
    modified_at: At,
}

impl<S> TryFrom<NoteRow<S>> for Note<S> {
    type Error = StoreError;
    fn try_from(row: NoteRow<S>) -> Result<Self, StoreError> {
        Ok(Self {
            id: NoteId::new(row.id),
            owner: AccountId::new(row.owner_id),
            title: row.title,
            body: row.body,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
        })
    }
}
