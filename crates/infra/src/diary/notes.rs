//! Notes.
use crate::{
    crypto::{Reader, Sealed},
    owned::{OwnedTable, owned_table},
    store::{At, Lent, schema::notes},
};
use diesel::prelude::*;
use domain::{
    diary::{Note, NoteDraft, NoteId, NoteTitle},
    shared::{AccountId, text::Prose},
};

pub type DieselNoteRepository = OwnedTable<NoteRow>;

owned_table! {
    notes: NoteRow of Note, drafted as NoteDraft, since created_at;
    plain {}
    sealed {
        title <- title: NoteTitle::as_str,
        body <- body: Prose::as_str,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notes)]
pub struct NoteRow {
    id: i64,
    owner_id: i64,
    title: Sealed<notes::title>,
    body: Sealed<notes::body>,
    created_at: At,
    modified_at: At,
}

impl NoteRow {
    fn open(self, reader: &mut Reader<'_>) -> QueryResult<Note<Lent>> {
        let row = reader.row(self.owner_id, self.id)?;
        Ok(Note {
            id: NoteId::new(self.id),
            owner: AccountId::new(self.owner_id),
            title: row.open(self.title)?,
            body: row.open(self.body)?,
            created_at: self.created_at.into(),
            modified_at: self.modified_at.into(),
        })
    }
}
