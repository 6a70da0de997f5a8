//! Notes.
use crate::{
    audit,
    store::{At, Fault, Store, on, schema::notes},
};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    audit::Entry,
    diary::{
        Description, DiaryError, Note, NoteEditing, NoteId, NoteTitle, NoteWriting, Result,
        ports::NoteRepository,
    },
    shared::{AccountId, StoreError, Window},
};

pub struct DieselNoteRepository(pub Store);

impl NoteRepository for DieselNoteRepository {
    fn write(&self, writing: &NoteWriting) -> Result<Note, StoreError> {
        self.0.write(|conn| {
            let at = writing.audit.at.naive_utc();
            let row = (
                notes::owner_id.eq(writing.owner.get()),
                notes::title.eq(writing.draft.title.as_str()),
                notes::body.eq(writing.draft.body.as_str()),
                notes::created_at.eq(at),
                notes::modified_at.eq(at),
            );
            let row: NoteRow = on!(conn, |c| {
                diesel::insert_into(notes::table)
                    .values(&row)
                    .returning(NoteRow::as_returning())
                    .get_result(c)
            })?;
            audit::add(conn, &writing.audit.clone().on(row.id))?;
            Ok(row.into())
        })
    }

    fn find(&self, id: NoteId) -> Result<Option<Note>, StoreError> {
        let row: Option<NoteRow> = self.0.read(|conn| {
            on!(conn, |c| notes::table.find(id.get()).select(NoteRow::as_select()).get_result(c).optional())
        })?;
        Ok(row.map(Note::from))
    }

    fn edit(&self, editing: &NoteEditing) -> Result<Note> {
        self.0.write(|conn| {
            let changes = NoteChanges {
                title: editing.edit.title.as_set().map(NoteTitle::as_str),
                body: editing.edit.body.as_set().map(Description::as_str),
                modified_at: editing.audit.at.naive_utc(),
            };
            let row: Option<NoteRow> = on!(conn, |c| {
                diesel::update(notes::table.find(editing.id.get()))
                    .filter(notes::owner_id.eq(editing.owner.get()))
                    .set(&changes)
                    .returning(NoteRow::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            let row = row.ok_or(Fault::Rule(DiaryError::NoteUnknown))?;
            audit::add(conn, &editing.audit)?;
            Ok(row.into())
        })
    }

    fn delete(&self, owner: AccountId, id: NoteId, audit: &Entry) -> Result<()> {
        self.0.write(|conn| {
            let deleted = on!(conn, |c| {
                diesel::delete(notes::table.find(id.get())).filter(notes::owner_id.eq(owner.get())).execute(c)
            })?;
            if deleted == 0 {
                return Err(Fault::Rule(DiaryError::NoteUnknown));
            }
            Ok(audit::add(conn, audit)?)
        })
    }

    fn of(&self, owner: AccountId, window: Window<NoteId>) -> Result<Vec<Note>, StoreError> {
        let after = window.after.map_or(0, NoteId::get);
        let rows: Vec<NoteRow> = self.0.read(|conn| {
            on!(conn, |c| {
                notes::table
                    .filter(notes::owner_id.eq(owner.get()))
                    .filter(notes::id.gt(after))
                    .order(notes::id)
                    .limit(window.limit())
                    .select(NoteRow::as_select())
                    .load(c)
            })
        })?;
        Ok(rows.into_iter().map(Note::from).collect())
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notes)]
struct NoteRow {
    id: i64,
    owner_id: i64,
    title: String,
    body: String,
    #[diesel(deserialize_as = At)]
    created_at: NaiveDateTime,
    #[diesel(deserialize_as = At)]
    modified_at: NaiveDateTime,
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self {
            id: NoteId::new(row.id),
            owner: AccountId::new(row.owner_id),
            title: row.title,
            body: row.body,
            created_at: row.created_at.and_utc(),
            modified_at: row.modified_at.and_utc(),
        }
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = notes)]
struct NoteChanges<'a> {
    title: Option<&'a str>,
    body: Option<&'a str>,
    modified_at: NaiveDateTime,
}
