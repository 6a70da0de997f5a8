//! The audit log: one step for the adapters that add to it, one question for who reads it.
use crate::store::{
    At, Conn, Db, Store, on,
    schema::{accounts, audit_entries},
};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Nullable, Text, Timestamp},
};
use domain::{
    audit::{
        AuditAction, AuditEntry,
        ports::{AuditLine, AuditLog},
    },
    shared::{AccountId, Page, StoreError},
};

/// A step of somebody's change: it runs on the connection, and so in the transaction, of that change.
pub(crate) fn add(conn: &mut Conn, entry: &AuditEntry) -> QueryResult<()> {
    let row = NewEntryRow::from(entry);
    on!(conn, |c| diesel::insert_into(audit_entries::table).values(&row).execute(c)).map(drop)
}

/// The same for several entries: one statement on PostgreSQL; on SQLite, where nothing is sent anywhere, one for each.
pub(crate) fn add_all(conn: &mut Conn, entries: &[AuditEntry]) -> QueryResult<()> {
    if let Db::Postgres(c) = &mut conn.db {
        return Columns::of(entries).execute(&mut ***c).map(drop);
    }
    entries.iter().try_for_each(|entry| add(conn, entry))
}

/// Entries by columns. diesel prepares an insert of several rows anew at each call, because its text depends on their number;
/// this text does not.
#[derive(Default, QueryId)]
struct Columns {
    at: Vec<At>,
    actors: Vec<Option<i64>>,
    patients: Vec<i64>,
    acts: Vec<&'static str>,
    links: Vec<Option<i64>>,
    objects: Vec<Option<i64>>,
}

impl Columns {
    fn of(entries: &[AuditEntry]) -> Self {
        let mut columns = Self::default();
        for row in entries.iter().map(NewEntryRow::from) {
            columns.at.push(row.at);
            columns.actors.push(row.actor_id);
            columns.patients.push(row.patient_id);
            columns.acts.push(row.act);
            columns.links.push(row.link_id);
            columns.objects.push(row.object_id);
        }
        columns
    }
}

impl QueryFragment<Pg> for Columns {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("insert into audit_entries (at, actor_id, patient_id, act, link_id, object_id) select * from unnest(");
        out.push_bind_param::<Array<Timestamp>, _>(&self.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.actors)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.patients)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.acts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.links)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.objects)?;
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Columns {}

/// A statement that returns rows with an `id`, and an entry about each of them, in one. PostgreSQL only: SQLite changes
/// nothing in a `WITH`, and saves no round trip by it.
#[derive(QueryId)]
pub(crate) struct Audited<Q> {
    changes: Q,
    entry: NewEntryRow,
}

impl<Q> Audited<Q> {
    pub(crate) fn new(changes: Q, entry: &AuditEntry) -> Self {
        Self { changes, entry: entry.into() }
    }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Audited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with changed as (");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(
            "), audited as (insert into audit_entries (at, actor_id, patient_id, act, link_id, object_id) select ",
        );
        out.push_bind_param::<Timestamp, _>(&self.entry.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.entry.actor_id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.entry.patient_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.entry.act)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.entry.link_id)?;
        out.push_sql(", id from changed) select * from changed");
        Ok(())
    }
}

impl<Q: Query> Query for Audited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<PgConnection> for Audited<Q> {}

#[derive(Insertable)]
#[diesel(table_name = audit_entries)]
struct NewEntryRow {
    at: At,
    actor_id: Option<i64>,
    patient_id: i64,
    act: &'static str,
    link_id: Option<i64>,
    object_id: Option<i64>,
}

impl From<&AuditEntry> for NewEntryRow {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            at: entry.at.into(),
            actor_id: entry.actor.map(AccountId::get),
            patient_id: entry.patient.get(),
            act: entry.act.as_str(),
            link_id: entry.link,
            object_id: entry.object,
        }
    }
}

pub struct DieselAuditLog(pub Store);

impl AuditLog for DieselAuditLog {
    fn of(&self, patient: AccountId, page: Page<i64>) -> Result<Vec<AuditLine>, StoreError> {
        let before = page.after.unwrap_or(i64::MAX);
        let rows: Vec<(EntryRow, Option<String>)> = self.0.read(|conn| {
            on!(conn, |c| {
                audit_entries::table
                    .left_join(accounts::table.on(audit_entries::actor_id.eq(accounts::id.nullable())))
                    .filter(audit_entries::patient_id.eq(patient.get()))
                    .filter(audit_entries::id.lt(before))
                    .order(audit_entries::id.desc())
                    .limit(page.limit())
                    .select((EntryRow::as_select(), accounts::username.nullable()))
                    .load(c)
            })
        })?;
        rows.into_iter().map(|(row, actor_name)| row.line(actor_name)).collect()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
struct EntryRow {
    id: i64,
    at: At,
    actor_id: Option<i64>,
    patient_id: i64,
    act: String,
    link_id: Option<i64>,
    object_id: Option<i64>,
}

impl EntryRow {
    fn line(self, actor_name: Option<String>) -> Result<AuditLine, StoreError> {
        let act = AuditAction::parse(&self.act)
            .ok_or_else(|| StoreError::failed(format!("audit_entries.act holds {:?}", self.act)))?;
        let entry = AuditEntry {
            actor: self.actor_id.map(AccountId::new),
            patient: AccountId::new(self.patient_id),
            act,
            link: self.link_id,
            object: self.object_id,
            at: self.at.into(),
        };
        Ok(AuditLine { id: self.id, entry, actor_name })
    }
}
