//! Links, and what is written on them.
mod entries;
mod links;
pub use entries::DieselEntryRepository;
pub use links::DieselLinkRepository;

use crate::{
    notifications,
    store::{
        At, Conn, Db, Word, on,
        schema::{accounts, links as table, notifications as notices},
        stored_words,
    },
};
use diesel::{
    prelude::*,
    sql_types::{self, Bool, Text},
};
use domain::{
    care::{Link, LinkId, Status},
    notifications::Notice,
    shared::{AccountId, Timestamp},
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

/// Notifies every doctor who has an accepted link with the patient, and is a doctor still: one statement, however many they
/// are.
pub(crate) fn notify_doctors_of(
    conn: &mut Conn,
    patient: AccountId,
    notice: &Notice,
    at: Timestamp,
) -> QueryResult<()> {
    let (code, args) = notifications::columns_of(notice)?;
    let rows: Vec<(i64, i64)> = on!(conn, |c| {
        let doctors = table::table
            .inner_join(accounts::table.on(accounts::id.eq(table::doctor_id)))
            .filter(table::patient_id.eq(patient.get()))
            .filter(table::status.eq(Status::Accepted.as_str()))
            .filter(accounts::is_doctor)
            .order(table::id);
        let made = doctors.select((
            table::doctor_id,
            code.into_sql::<Text>(),
            args.as_str().into_sql::<Text>(),
            false.into_sql::<Bool>(),
            At::from(at).into_sql::<sql_types::Timestamp>(),
        ));
        diesel::insert_into(notices::table)
            .values(made)
            .into_columns((
                notices::owner_id,
                notices::code,
                notices::args,
                notices::is_read,
                notices::created_at,
            ))
            .returning((notices::id, notices::owner_id))
            .load(c)
    })?;
    for (id, doctor) in rows {
        notifications::tell_created(conn, id, AccountId::new(doctor), notice, at);
    }
    Ok(())
}
