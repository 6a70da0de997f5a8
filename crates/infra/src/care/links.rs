//! Links.
use super::{LinkRow, entries::EntryRow};
use crate::{
    audit,
    crypto::{DataKeys, Reader},
    identity::PersonRow,
    notifications,
    store::{
        At, Conn, Lent, OnUnique, Store, TxError, on,
        schema::{accounts, clinical_entries, links},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    care::{
        CareError, EntryKind, Link, LinkAnswer, LinkEnd, LinkId, LinkOpening, LinkSheet, Result, Status,
        ports::LinkRepository,
    },
    identity::{Caller, Username},
    shared::{AccountId, Each, Page, StoreError, Timestamp},
};

pub struct DieselLinkRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl LinkRepository for DieselLinkRepository {
    fn open(&self, opening: &LinkOpening) -> Result<LinkId> {
        self.store.write(|conn| {
            let row = (
                links::patient_id.eq(opening.patient.get()),
                links::doctor_id.eq(opening.doctor.get()),
                links::status.eq(Status::Pending.as_str()),
                links::requested_at.eq(At::from(opening.audit.at)),
            );
            let id: i64 = on!(conn, |c| diesel::insert_into(links::table)
                .values(&row)
                .returning(links::id)
                .get_result(c))
            .on_unique(|_| CareError::AlreadyRequested)?;
            notifications::add(conn, &opening.notification, opening.audit.at)?;
            audit::add(conn, &opening.audit.clone().by_link(id))?;
            Ok(LinkId::new(id))
        })
    }

    fn answer(&self, answer: &LinkAnswer) -> Result<()> {
        self.store.write(|conn| {
            let changed = on!(conn, |c| {
                diesel::update(links::table.find(answer.link.get()))
                    .filter(links::status.eq(answer.from.as_str()))
                    .set((
                        links::status.eq(answer.to.as_str()),
                        links::answered_at.eq(At::from(answer.audit.at)),
                    ))
                    .execute(c)
            })?;
            if changed == 0 {
                return Err(TxError::Rule(CareError::Outdated));
            }
            notifications::add(conn, &answer.notification, answer.audit.at)?;
            Ok(audit::add(conn, &answer.audit)?)
        })
    }

    fn end(&self, end: &LinkEnd) -> Result<()> {
        self.store.write(|conn| {
            let deleted = on!(conn, |c| diesel::delete(links::table.find(end.link.get())).execute(c))?;
            if deleted == 0 {
                return Err(TxError::Rule(CareError::RequestUnknown));
            }
            Ok(audit::add(conn, &end.audit)?)
        })
    }

    fn find(&self, id: LinkId) -> Result<Option<Link>, StoreError> {
        let row: Option<LinkRow> = self.store.read(|conn| {
            on!(conn, |c| links::table.find(id.get()).select(LinkRow::as_select()).get_result(c).optional())
        })?;
        Ok(row.map(Link::from))
    }

    fn between(&self, patient: AccountId, doctor: AccountId) -> Result<Option<Link>, StoreError> {
        let row: Option<LinkRow> = self.store.read(|conn| {
            on!(conn, |c| {
                links::table
                    .filter(links::patient_id.eq(patient.get()))
                    .filter(links::doctor_id.eq(doctor.get()))
                    .select(LinkRow::as_select())
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(Link::from))
    }

    fn with_doctor_named(&self, patient: AccountId, doctor: &Username) -> Result<Option<Link>, StoreError> {
        let row: Option<LinkRow> = self.store.read(|conn| {
            on!(conn, |c| {
                links::table
                    .inner_join(accounts::table.on(accounts::id.eq(links::doctor_id)))
                    .filter(links::patient_id.eq(patient.get()))
                    .filter(accounts::username.eq(doctor.as_str()))
                    .select(LinkRow::as_select())
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(Link::from))
    }

    fn sheets_for(
        &self,
        caller: &Caller,
        page: Page<LinkId>,
        at: Timestamp,
        each: &mut Each<'_, LinkSheet>,
    ) -> Result<(), StoreError> {
        let mut seen = vec![];
        self.store.read(|conn| {
            sheets(conn, caller, page, Reader::of(&self.data_keys), &mut |sheet| {
                seen.extend(sheet.seen_by(caller.id(), at));
                each(sheet);
            })
        })?;
        if !seen.is_empty() {
            // Before it returns: a list that cannot be audited is not sent.
            self.store.write::<_, StoreError>(|conn| Ok(audit::add_all(conn, &seen)?))?;
        }
        Ok(())
    }

    fn remove_rejected(&self, until: Timestamp, at: Timestamp) -> Result<usize, StoreError> {
        let mut removed = 0;
        loop {
            let (found, gone) =
                self.store.write::<_, StoreError>(|conn| Ok(remove_some(conn, until, at)?))?;
            removed += gone;
            if found < REMOVED_AT_ONCE {
                return Ok(removed);
            }
        }
    }
}

/// In one transaction: few enough for one statement, and for writers that wait.
const REMOVED_AT_ONCE: usize = 500;

/// How many links were due, and how many of them this call removed: what another node removes at the same time is told
/// of there.
fn remove_some(conn: &mut Conn, until: Timestamp, at: Timestamp) -> QueryResult<(usize, usize)> {
    let still_due = || {
        let rejected = links::status.eq(Status::Rejected.as_str());
        rejected.and(links::answered_at.le(At::from(until)).assume_not_null())
    };
    let limit = i64::try_from(REMOVED_AT_ONCE).unwrap_or(i64::MAX);
    let due: Vec<i64> = on!(conn, |c| {
        links::table
            .filter(still_due())
            .order((links::answered_at, links::id))
            .limit(limit)
            .select(links::id)
            .load(c)
    })?;
    let gone: Vec<(i64, i64)> = on!(conn, |c| {
        diesel::delete(links::table)
            .filter(links::id.eq_any(&due))
            .filter(still_due())
            .returning((links::id, links::patient_id))
            .get_results(c)
    })?;
    let expired = |(link, patient)| Link::expired(LinkId::new(link), AccountId::new(patient), at);
    let entries: Vec<_> = gone.into_iter().map(expired).collect();
    audit::add_all(conn, &entries)?;
    Ok((due.len(), entries.len()))
}

/// A link with its two people and its two entries, in one query: the tables of accounts and of entries are joined twice.
fn sheets(
    conn: &mut Conn,
    caller: &Caller,
    page: Page<LinkId>,
    mut reader: Reader<'_>,
    each: &mut Each<'_, LinkSheet>,
) -> QueryResult<()> {
    let (patient, doctor) = diesel::alias!(accounts as patient, accounts as doctor);
    let (rx, dx) = diesel::alias!(clinical_entries as rx, clinical_entries as dx);
    let (me, after) = (caller.id().get(), page.after.map_or(0, LinkId::get));
    // Nobody has the id 0.
    let as_doctor = caller.doctor().map_or(0, |doctor| doctor.id().get());
    let rows: Vec<SheetRow> = on!(conn, |c| {
        links::table
            .inner_join(patient.on(patient.field(accounts::id).eq(links::patient_id)))
            .inner_join(doctor.on(doctor.field(accounts::id).eq(links::doctor_id)))
            .left_join(
                rx.on(rx
                    .field(clinical_entries::link_id)
                    .eq(links::id)
                    .and(rx.field(clinical_entries::kind).eq(EntryKind::Prescription.as_str()))),
            )
            .left_join(
                dx.on(dx
                    .field(clinical_entries::link_id)
                    .eq(links::id)
                    .and(dx.field(clinical_entries::kind).eq(EntryKind::Diagnosis.as_str()))),
            )
            .filter(links::patient_id.eq(me).or(links::doctor_id.eq(as_doctor)))
            .filter(links::id.gt(after))
            // By what no index has: PostgreSQL plans without knowing the limit, and would walk everybody's links in the
            // order of their ids until it has met enough of these.
            .order(links::id + 0)
            .limit(page.limit())
            .select((
                LinkRow::as_select(),
                patient.fields(PersonRow::COLUMNS),
                doctor.fields(PersonRow::COLUMNS),
                rx.fields(EntryRow::COLUMNS).nullable(),
                dx.fields(EntryRow::COLUMNS).nullable(),
            ))
            .load(c)
    })?;
    // Each link of a doctor's is another patient's.
    reader.fetch(rows.iter().filter(|row| row.has_entries()).map(SheetRow::patient))?;
    let sheets = rows.into_iter().map(|row| row.open(&mut reader)).collect::<QueryResult<Vec<_>>>()?;
    with_texts(sheets, |sheets, texts| {
        for sheet in sheets {
            each(sheet.map_texts(|text| texts.get(text)));
        }
    });
    Ok(())
}

#[derive(Queryable)]
struct SheetRow {
    link: LinkRow,
    patient: PersonRow<Lent>,
    doctor: PersonRow<Lent>,
    prescription: Option<EntryRow>,
    diagnosis: Option<EntryRow>,
}

impl SheetRow {
    fn patient(&self) -> i64 {
        self.link.patient_id
    }

    fn has_entries(&self) -> bool {
        self.prescription.is_some() || self.diagnosis.is_some()
    }

    fn open(self, reader: &mut Reader<'_>) -> QueryResult<LinkSheet<Lent>> {
        let patient = self.patient();
        let mut open = |entry: Option<EntryRow>| entry.map(|row| row.open(patient, reader)).transpose();
        Ok(LinkSheet {
            prescription: open(self.prescription)?,
            diagnosis: open(self.diagnosis)?,
            link: self.link.into(),
            patient: self.patient.into(),
            doctor: self.doctor.into(),
        })
    }
}
