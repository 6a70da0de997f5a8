//! Seals the texts that were stored before their column was sealed: in batches, while the server serves. Each batch is one
//! transaction with its progress, so that a killed server goes on where it was, and several nodes may do it at once.
use super::{
    cipher::key_number,
    columns::{COLUMNS, ColumnSql, ColumnTag},
    data_keys::DataKeys,
    sealed::RowKey,
};
use crate::store::{Conn, Db, Store, TxError, on, schema::sealing};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool},
    upsert::excluded,
};
use domain::shared::{AccountId, StoreError};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Rows of one transaction: writers wait for it.
const AT_ONCE: usize = 200;
/// Stands beside the columns: SQLite's file was written anew after all of them, so that no free page holds a text.
const VACUUM: &str = "vacuum";

pub struct Sealing {
    pub store: Store,
    pub data_keys: DataKeys,
}

/// What one transaction has sealed.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// Those that were looked at.
    pub rows: usize,
    pub sealed: usize,
    /// How long other writers may have waited for it.
    pub took: Duration,
}

/// How far one column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealingState {
    Sealed,
    /// So many rows are still to be looked at.
    Waiting(i64),
}

/// How far all columns are.
#[derive(Debug)]
pub struct SealingStates {
    pub columns: Vec<(&'static str, SealingState)>,
    /// Whether the database's file may still hold texts that were sealed or deleted since.
    pub copies_left: bool,
}

/// Where one column's job stands.
#[derive(Debug, Clone, Copy, Queryable)]
struct Progress {
    row_a: i64,
    row_b: i64,
    done: bool,
}

/// Ids and numbers count from 1.
const BEGINNING: Progress = Progress { row_a: 0, row_b: 0, done: false };

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = BigInt)]
    row_a: i64,
    #[diesel(sql_type = BigInt)]
    row_b: i64,
    #[diesel(sql_type = BigInt)]
    person: i64,
    #[diesel(sql_type = Binary)]
    stored: Vec<u8>,
}

impl Stored {
    /// What was erased is left as it is.
    fn is_unsealed(&self) -> bool {
        !self.stored.is_empty() && key_number(&self.stored).is_none()
    }
}

#[derive(QueryableByName)]
struct Flag {
    #[diesel(sql_type = Bool)]
    flag: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Whether texts may have been sealed in this database: its keys were there, then.
///
/// # Errors
/// [`StoreError`].
pub fn any_sealed(store: &Store) -> Result<bool, StoreError> {
    Ok(!progress(store)?.is_empty())
}

impl Sealing {
    /// At each start: in a new database there is nothing to seal, and what is not sealed is refused from the first row on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare(&self) -> Result<(), StoreError> {
        let begun = progress(&self.store)?;
        if begun.is_empty() {
            self.store.write::<_, StoreError>(|conn| {
                let empty = COLUMNS.iter().map(|column| Ok((column, is_empty(conn, column)?)));
                let empty: Vec<_> = empty.collect::<QueryResult<_>>()?;
                for (column, _) in empty.iter().filter(|(_, empty)| *empty) {
                    keep(conn, column.name, Progress { done: true, ..BEGINNING })?;
                }
                if empty.iter().all(|(_, empty)| *empty) {
                    keep(conn, VACUUM, Progress { done: true, ..BEGINNING })?;
                }
                Ok(())
            })?;
        }
        self.refuse_unsealed_when_done().map(drop)
    }

    /// Seals what is left, and says how many texts that were. `go_on` is told of each batch, and may pause or end this.
    ///
    /// # Errors
    /// [`StoreError`]. What was done is kept.
    pub fn run(&self, mut go_on: impl FnMut(Batch) -> bool) -> Result<usize, StoreError> {
        let mut all = 0;
        for column in COLUMNS {
            loop {
                let begun = Instant::now();
                let Some((rows, sealed)) = self.seal_some(column)? else { break };
                all += sealed;
                if !go_on(Batch { rows, sealed, took: begun.elapsed() }) {
                    return Ok(all);
                }
            }
        }
        if self.refuse_unsealed_when_done()? && !is_done(&progress(&self.store)?, VACUUM) {
            self.store.vacuum()?;
            self.store.write::<_, StoreError>(|conn| {
                Ok(keep(conn, VACUUM, Progress { done: true, ..BEGINNING })?)
            })?;
        }
        Ok(all)
    }

    /// # Errors
    /// [`StoreError`].
    pub fn state(&self) -> Result<SealingStates, StoreError> {
        let progress = progress(&self.store)?;
        let columns = COLUMNS.iter().map(|column| {
            let state = match progress.get(column.name).copied().unwrap_or(BEGINNING) {
                Progress { done: true, .. } => SealingState::Sealed,
                so_far => SealingState::Waiting(self.store.read(|conn| left(conn, column, so_far))?),
            };
            Ok((column.name, state))
        });
        Ok(SealingStates {
            columns: columns.collect::<Result<_, StoreError>>()?,
            copies_left: !is_done(&progress, VACUUM),
        })
    }

    fn refuse_unsealed_when_done(&self) -> Result<bool, StoreError> {
        let progress = progress(&self.store)?;
        let done = COLUMNS.iter().all(|column| is_done(&progress, column.name));
        if done {
            self.data_keys.refuse_unsealed();
        }
        Ok(done)
    }

    /// One batch: how many rows, how many texts. `None` when the column is done.
    fn seal_some(&self, column: &ColumnSql) -> Result<Option<(usize, usize)>, StoreError> {
        self.store.write(|conn| {
            let so_far = progress_of(conn, column)?;
            if so_far.done {
                return Ok(None);
            }
            let rows = batch(conn, column, so_far)?;
            let mut sealed = 0;
            let unsealed = || rows.iter().filter(|row| row.is_unsealed());
            self.data_keys.make_missing(unsealed().map(|row| row.person)).map_err(TxError::Rule)?;
            for row in unsealed() {
                sealed += self.seal_row(conn, column, row)?;
            }
            let last =
                rows.last().map_or(so_far, |row| Progress { row_a: row.row_a, row_b: row.row_b, ..so_far });
            keep(conn, column.name, Progress { done: rows.len() < AT_ONCE, ..last })?;
            Ok(Some((rows.len(), sealed)))
        })
    }

    fn seal_row(
        &self,
        conn: &mut Conn,
        column: &ColumnSql,
        row: &Stored,
    ) -> Result<usize, TxError<StoreError>> {
        let text = std::str::from_utf8(&row.stored).map_err(|e| TxError::Rule(StoreError::failed(e)))?;
        let keys = self.data_keys.of(AccountId::new(row.person)).map_err(TxError::Rule)?;
        let sealed = keys.sealed(ColumnTag::of(column.name), RowKey(row.row_a, row.row_b), text);
        let ColumnSql { table, column: name, .. } = column;
        let same =
            column.row.iter().zip([row.row_a, row.row_b]).map(|(part, value)| format!("{part} = {value}"));
        let same = same.collect::<Vec<_>>().join(" and ");
        let update =
            sql_query(format!("update {table} set {name} = $1 where {same}")).bind::<Binary, _>(sealed);
        Ok(on!(conn, |c| update.execute(c))?)
    }
}

fn progress(store: &Store) -> Result<BTreeMap<String, Progress>, StoreError> {
    let rows: Vec<(String, Progress)> = store.read(|conn| {
        on!(conn, |c| sealing::table
            .select((sealing::column_name, (sealing::row_a, sealing::row_b, sealing::done)))
            .load(c))
    })?;
    Ok(rows.into_iter().collect())
}

fn is_done(progress: &BTreeMap<String, Progress>, name: &str) -> bool {
    progress.get(name).is_some_and(|progress| progress.done)
}

/// Nobody else works on the column before this transaction ends. SQLite has one writer.
fn progress_of(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Progress> {
    let of_column = sealing::table.find(column.name).select((sealing::row_a, sealing::row_b, sealing::done));
    let found: Option<Progress> = match &mut conn.db {
        Db::Postgres(c) => of_column.for_update().get_result(&mut ***c).optional()?,
        Db::Sqlite(c) => of_column.get_result(&mut **c).optional()?,
    };
    Ok(found.unwrap_or(BEGINNING))
}

fn keep(conn: &mut Conn, name: &str, Progress { row_a, row_b, done }: Progress) -> QueryResult<()> {
    let values = (
        sealing::column_name.eq(name),
        sealing::row_a.eq(row_a),
        sealing::row_b.eq(row_b),
        sealing::done.eq(done),
    );
    on!(conn, |c| {
        diesel::insert_into(sealing::table)
            .values(values)
            .on_conflict(sealing::column_name)
            .do_update()
            .set((
                sealing::row_a.eq(excluded(sealing::row_a)),
                sealing::row_b.eq(excluded(sealing::row_b)),
                sealing::done.eq(excluded(sealing::done)),
            ))
            .execute(c)
    })
    .map(drop)
}

impl ColumnSql {
    /// The rows behind this one, by the index of their key.
    fn after(&self, Progress { row_a, row_b, .. }: Progress) -> String {
        match self.row {
            [id] => format!("{id} > {row_a}"),
            parts => format!("({}) > ({row_a}, {row_b})", parts.join(", ")),
        }
    }
}

fn batch(conn: &mut Conn, column: &ColumnSql, so_far: Progress) -> QueryResult<Vec<Stored>> {
    let ColumnSql { table, column: name, row, person, .. } = column;
    let (after, order) = (column.after(so_far), row.join(", "));
    let row_b = row.get(1).unwrap_or(&"cast(0 as bigint)");
    // An edit that came between would be undone.
    let locked =
        if matches!(conn.db, Db::Postgres(_)) { format!("for update of {table}") } else { String::new() };
    let query = sql_query(format!(
        "select {} as row_a, {row_b} as row_b, {person} as person, {name} as stored from {table} \
         where {after} order by {order} limit {AT_ONCE} {locked}",
        row[0]
    ));
    on!(conn, |c| query.load(c))
}

fn is_empty(conn: &mut Conn, column: &ColumnSql) -> QueryResult<bool> {
    let query = sql_query(format!("select not exists (select 1 from {}) as flag", column.table));
    on!(conn, |c| query.get_result::<Flag>(c)).map(|Flag { flag }| flag)
}

fn left(conn: &mut Conn, column: &ColumnSql, so_far: Progress) -> QueryResult<i64> {
    let (table, after) = (column.table, column.after(so_far));
    let query = sql_query(format!("select count(*) as number from {table} where {after}"));
    on!(conn, |c| query.get_result::<Number>(c)).map(|Number { number }| number)
}
