//! Links, and what is written on them.
mod entries;
mod links;
pub use entries::DieselEntryRepository;
pub use links::DieselLinkRepository;

use crate::store::{
    At, Conn, Db, Word, on,
    schema::{accounts, links as table},
    stored_words,
};
use diesel::prelude::*;
use domain::{
    care::{Link, LinkId, Status},
    shared::AccountId,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
struct LinkRow {
    id: i64,
    patient_id: i64,
    doctor_id: i64,
    status: Word<Status>,
    requested_at: At,
    answered_at: Option<At>,
}

stored_words!(Status);

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        Self {
            id: LinkId::new(row.id),
            patient: AccountId::new(row.patient_id),
            doctor: AccountId::new(row.doctor_id),
            status: row.status.0,
            requested_at: row.requested_at.into(),
            answered_at: row.answered_at.map(Into::into),
        }
    }
}

/// The link's status, which nobody else can change before this transaction ends. SQLite has one writer; PostgreSQL is
/// asked for the row's lock.
fn hold(conn: &mut Conn, link: LinkId) -> QueryResult<Option<String>> {
    let status = table::table.find(link.get()).select(table::status);
    match &mut conn.db {
        Db::Postgres(c) => status.for_update().get_result(&mut ***c).optional(),
        Db::Sqlite(c) => status.get_result(&mut **c).optional(),
    }
}

/// The doctor's accepted link with the patient, which nobody can end or reject before this transaction ends: a doctor
/// never reads what was written after that.
pub(crate) fn accepted_link(
    conn: &mut Conn,
    doctor: AccountId,
    patient: AccountId,
) -> QueryResult<Option<i64>> {
    let link = table::table
        .filter(table::patient_id.eq(patient.get()))
        .filter(table::doctor_id.eq(doctor.get()))
        .filter(table::status.eq(Status::Accepted.as_str()))
        .select(table::id);
    match &mut conn.db {
        Db::Postgres(c) => link.for_share().get_result(&mut ***c).optional(),
        Db::Sqlite(c) => link.get_result(&mut **c).optional(),
    }
}

/// Every doctor who has an accepted link with the patient, and is a doctor still.
pub(crate) fn doctors_of(conn: &mut Conn, patient: AccountId) -> QueryResult<Vec<AccountId>> {
    let ids: Vec<i64> = on!(conn, |c| {
        table::table
            .inner_join(accounts::table.on(accounts::id.eq(table::doctor_id)))
            .filter(table::patient_id.eq(patient.get()))
            .filter(table::status.eq(Status::Accepted.as_str()))
            .filter(accounts::is_doctor)
            .order(table::id)
            .select(table::doctor_id)
            .load(c)
    })?;
    Ok(ids.into_iter().map(AccountId::new).collect())
}
