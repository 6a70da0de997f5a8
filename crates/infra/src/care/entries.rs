//! Prescriptions and diagnoses.
use super::{LinkRow, hold};
use crate::{
    audit,
    crypto::{DataKeys, Reader, Sealed},
    notifications,
    store::{
        At, Conn, Lent, OnUnique, Store, TxError, Word, next_id, on,
        schema::{clinical_entries, links},
        stored_words, with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    audit::AuditEntry,
    care::{
        CareError, Entry, EntryChange, EntryId, EntryKind, EntryRemoval, EntryWriting, Link, LinkId, Result,
        Status, ports::EntryRepository,
    },
    shared::{AccountId, StoreError},
};

pub struct DieselEntryRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl EntryRepository for DieselEntryRepository {
    fn write(&self, writing: &EntryWriting) -> Result<Entry> {
        let keys = self.data_keys.of(writing.audit.patient)?;
        let mut reader = Reader::of(&self.data_keys);
        self.store.write(|conn| {
            still_accepted(conn, writing.link)?;
            let at = At::from(writing.audit.at);
            let id = next_id(conn, "clinical_entries")?;
            let row = (
                clinical_entries::id.eq(id),
                clinical_entries::kind.eq(writing.kind.as_str()),
                clinical_entries::link_id.eq(writing.link.get()),
                keys.seal(clinical_entries::text, id, writing.draft.text.as_str()),
                keys.seal(clinical_entries::details, id, writing.draft.details.as_str()),
                clinical_entries::created_at.eq(at),
                clinical_entries::modified_at.eq(at),
            );
            let row: EntryRow = on!(conn, |c| {
                diesel::insert_into(clinical_entries::table)
                    .values(&row)
                    .returning(EntryRow::as_returning())
                    .get_result(c)
            })
            .on_unique(|_| CareError::EntryExists(writing.kind))?;
            let entry = row.read(writing.audit.patient, &mut reader)?;
            notifications::add(conn, &writing.notification, writing.audit.at)?;
            audit::add(conn, &writing.audit.clone().on(id))?;
            Ok(entry)
        })
    }

    fn change(&self, kind: EntryKind, change: &EntryChange) -> Result<Entry> {
        let (patient, id) = (change.audit.patient, change.id.get());
        let keys = self.data_keys.of(patient)?;
        let (edit, mut reader) = (&change.edit, Reader::of(&self.data_keys));
        self.store.write(|conn| {
            still_accepted(conn, change.link)?;
            let changes = (
                edit.text.as_set().map(|text| keys.seal(clinical_entries::text, id, text.as_str())),
                edit.details.as_set().map(|text| keys.seal(clinical_entries::details, id, text.as_str())),
                clinical_entries::modified_at.eq(At::from(change.audit.at)),
            );
            let row: Option<EntryRow> = on!(conn, |c| {
                diesel::update(clinical_entries::table.find(id))
                    .filter(clinical_entries::link_id.eq(change.link.get()))
                    .filter(clinical_entries::kind.eq(kind.as_str()))
                    .set(changes)
                    .returning(EntryRow::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            let row = row.ok_or(TxError::Rule(CareError::EntryUnknown(kind)))?;
            let entry = row.read(patient, &mut reader)?;
            if let Some(notification) = &change.notification {
                notifications::add(conn, notification, change.audit.at)?;
            }
            audit::add(conn, &change.audit)?;
            Ok(entry)
        })
    }

    fn remove(&self, kind: EntryKind, removal: &EntryRemoval) -> Result<()> {
        self.store.write(|conn| {
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
        let mut reader = Reader::of(&self.data_keys);
        self.store.read(|conn| {
            let row: Option<(EntryRow, LinkRow)> = on!(conn, |c| {
                clinical_entries::table
                    .inner_join(links::table)
                    .filter(clinical_entries::id.eq(id.get()))
                    .filter(clinical_entries::kind.eq(kind.as_str()))
                    .select((EntryRow::as_select(), LinkRow::as_select()))
                    .get_result(c)
                    .optional()
            })?;
            let Some((entry, link)) = row else { return Ok(None) };
            let link = Link::from(link);
            Ok(Some((entry.read(link.patient, &mut reader)?, link)))
        })
    }

    fn on(&self, kind: EntryKind, link: LinkId) -> Result<Option<Entry>, StoreError> {
        self.store.read(|conn| self.entry_on(conn, kind, link))
    }

    fn read_as_doctor(&self, kind: EntryKind, link: LinkId, audit: &AuditEntry) -> Result<Option<Entry>> {
        self.store.write(|conn| {
            still_accepted(conn, link)?;
            audit::add(conn, audit)?;
            Ok(self.entry_on(conn, kind, link)?)
        })
    }
}

impl DieselEntryRepository {
    fn entry_on(&self, conn: &mut Conn, kind: EntryKind, link: LinkId) -> QueryResult<Option<Entry>> {
        let mut reader = Reader::of(&self.data_keys);
        let row: Option<(i64, EntryRow)> = on!(conn, |c| {
            clinical_entries::table
                .inner_join(links::table)
                .filter(clinical_entries::link_id.eq(link.get()))
                .filter(clinical_entries::kind.eq(kind.as_str()))
                .select((links::patient_id, EntryRow::as_select()))
                .get_result(c)
                .optional()
        })?;
        row.map(|(patient, row)| row.read(AccountId::new(patient), &mut reader)).transpose()
    }
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
pub(super) struct EntryRow {
    id: i64,
    kind: Word<EntryKind>,
    link_id: i64,
    text: Sealed<clinical_entries::text>,
    details: Sealed<clinical_entries::details>,
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

    fn read(self, patient: AccountId, reader: &mut Reader<'_>) -> QueryResult<Entry> {
        Ok(with_texts(self.open(patient.get(), reader)?, |entry, texts| {
            entry.map_texts(|text| texts.get(text).to_owned())
        }))
    }

    /// `patient`: the link's.
    pub(super) fn open(self, patient: i64, reader: &mut Reader<'_>) -> QueryResult<Entry<Lent>> {
        let row = reader.row(patient, self.id)?;
        Ok(Entry {
            id: EntryId::new(self.id),
            kind: self.kind.0,
            link: LinkId::new(self.link_id),
            text: row.open(self.text)?,
            details: row.open(self.details)?,
        })
    }
}

stored_words!(EntryKind);
