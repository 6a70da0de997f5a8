//! Prescriptions and diagnoses.
use super::{LinkRow, hold};
use crate::{
    audit, notifications,
    store::{
        At, Conn, OnUnique, Store, TxError, Word, on,
        schema::{clinical_entries, links},
        stored_words,
    },
};
use diesel::prelude::*;
use domain::{
    audit::AuditEntry,
    care::{
        CareError, Entry, EntryChange, EntryId, EntryKind, EntryRemoval, EntryText, EntryWriting, Link,
        LinkId, Result, Status, ports::EntryRepository,
    },
    shared::{StoreError, text::Prose},
};

pub struct DieselEntryRepository(pub Store);

impl EntryRepository for DieselEntryRepository {
    fn write(&self, writing: &EntryWriting) -> Result<Entry> {
        self.0.write(|conn| {
            still_accepted(conn, writing.link)?;
            let at = At::from(writing.audit.at);
            let row = (
                clinical_entries::kind.eq(writing.kind.as_str()),
                clinical_entries::link_id.eq(writing.link.get()),
                clinical_entries::text.eq(writing.draft.text.as_str()),
                clinical_entries::details.eq(writing.draft.details.as_str()),
                clinical_entries::created_at.eq(at),
                clinical_entries::modified_at.eq(at),
            );
            let row: EntryRow = on!(conn, |c| {
                diesel::insert_into(clinical_entries::table)
                    .values(&row)
                    .returning(<EntryRow>::as_returning())
                    .get_result(c)
            })
            .on_unique(|_| CareError::EntryExists(writing.kind))?;
            notifications::add(conn, &writing.notification, writing.audit.at)?;
            audit::add(conn, &writing.audit.clone().on(row.id))?;
            Ok(row.into())
        })
    }

    fn change(&self, kind: EntryKind, change: &EntryChange) -> Result<Entry> {
        self.0.write(|conn| {
            still_accepted(conn, change.link)?;
            let changes = EntryChanges {
                text: change.edit.text.as_set().map(EntryText::as_str),
                details: change.edit.details.as_set().map(Prose::as_str),
                modified_at: change.audit.at.into(),
            };
            let row: Option<EntryRow> = on!(conn, |c| {
                diesel::update(clinical_entries::table.find(change.id.get()))
                    .filter(clinical_entries::link_id.eq(change.link.get()))
                    .filter(clinical_entries::kind.eq(kind.as_str()))
                    .set(&changes)
                    .returning(<EntryRow>::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            let row = row.ok_or(TxError::Rule(CareError::EntryUnknown(kind)))?;
            if let Some(notification) = &change.notification {
                notifications::add(conn, notification, change.audit.at)?;
            }
            audit::add(conn, &change.audit)?;
            Ok(row.into())
        })
    }

    fn remove(&self, kind: EntryKind, removal: &EntryRemoval) -> Result<()> {
        self.0.write(|conn| {
            still_accepted(conn, removal.link)?;
            let removed = on!(conn, |c| {
                diesel::delete(clinical_entries::table.find(removal.id.get()))
                    .filter(clinical_entries::link_id.eq(removal.link.get()))
                    .filter(clinical_entries::kind.eq(kind.as_str()))
                    .execute(c)
            })?;
            if removed == 0 {
                return Err(TxError::Rule(CareError::EntryUnknown(kind)));
            }
            Ok(audit::add(conn, &removal.audit)?)
        })
    }

    fn find(&self, kind: EntryKind, id: EntryId) -> Result<Option<(Entry, Link)>, StoreError> {
        let row: Option<(EntryRow, LinkRow)> = self.0.read(|conn| {
            on!(conn, |c| {
                clinical_entries::table
                    .inner_join(links::table)
                    .filter(clinical_entries::id.eq(id.get()))
                    .filter(clinical_entries::kind.eq(kind.as_str()))
                    .select((<EntryRow>::as_select(), LinkRow::as_select()))
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(|(entry, link)| (entry.into(), link.into())))
    }

    fn on(&self, kind: EntryKind, link: LinkId) -> Result<Option<Entry>, StoreError> {
        Ok(self.0.read(|conn| entry_on(conn, kind, link))?.map(Entry::from))
    }

    fn read_as_doctor(&self, kind: EntryKind, link: LinkId, audit: &AuditEntry) -> Result<Option<Entry>> {
        self.0.write(|conn| {
            still_accepted(conn, link)?;
            audit::add(conn, audit)?;
            Ok(entry_on(conn, kind, link)?.map(Entry::from))
        })
    }
}

fn entry_on(conn: &mut Conn, kind: EntryKind, link: LinkId) -> QueryResult<Option<EntryRow>> {
    on!(conn, |c| {
        clinical_entries::table
            .filter(clinical_entries::link_id.eq(link.get()))
            .filter(clinical_entries::kind.eq(kind.as_str()))
            .select(<EntryRow>::as_select())
            .get_result(c)
            .optional()
    })
}

/// In the transaction of the write or of the doctor's read, and until its end.
fn still_accepted(conn: &mut Conn, link: LinkId) -> Result<(), TxError<CareError>> {
    match hold(conn, link)? {
        None => Err(TxError::Rule(CareError::LinkUnknown)),
        Some(status) if status == Status::Accepted.as_str() => Ok(()),
        Some(_) => Err(TxError::Rule(CareError::LinkNotAccepted)),
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = clinical_entries)]
pub(super) struct EntryRow<S = String> {
    id: i64,
    kind: Word<EntryKind>,
    link_id: i64,
    text: S,
    details: S,
}

/// For a join of one table with itself, where `as_select` does not reach.
type Columns = (
    clinical_entries::id,
    clinical_entries::kind,
    clinical_entries::link_id,
    clinical_entries::text,
    clinical_entries::details,
);

impl EntryRow {
    pub(super) const COLUMNS: Columns = (
        clinical_entries::id,
        clinical_entries::kind,
        clinical_entries::link_id,
        clinical_entries::text,
        clinical_entries::details,
    );
}

stored_words!(EntryKind);

impl<S> From<EntryRow<S>> for Entry<S> {
    fn from(row: EntryRow<S>) -> Self {
        Self {
            id: EntryId::new(row.id),
            kind: row.kind.0,
            link: LinkId::new(row.link_id),
            text: row.text,
            details: row.details,
        }
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = clinical_entries)]
struct EntryChanges<'a> {
    text: Option<&'a str>,
    details: Option<&'a str>,
    modified_at: At,
}
