//! Seals the texts that were stored before their column was sealed: in batches, while the server serves. Each batch is one
//! transaction; how far it came is noted after it, in the keys' database, so that a killed server does a batch twice at most. Several
//! nodes may do it at once: what is sealed is left alone.
use super::{
    cipher::key_number,
    columns::{COLUMNS, ColumnSql, ColumnTag},
    data_keys::DataKeys,
    key_store::Progress,
    sealed::RowKey,
};
use crate::store::{Conn, Db, Store, TxError, on};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable},
};
use domain::shared::{AccountId, StoreError};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Rows of one transaction: writers wait for it.
const AT_ONCE: usize = 200;
/// Stands beside the columns: SQLite's file was written anew after all of them, so that no free page holds a text.
const VACUUM: &str = "vacuum";
/// How long it is left alone after it failed.
const VACUUM_AGAIN: Duration = Duration::from_secs(60 * 60);

pub struct Sealing {
    store: Store,
    pub data_keys: DataKeys,
    vacuum_not_before: Mutex<Option<Instant>>,
}

/// What one transaction has sealed.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    pub sealed: usize,
    /// By how much the number grew that the state tells of.
    pub advanced: u64,
    /// How long other writers may have waited for it.
    pub took: Duration,
}

/// How far one column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealingState {
    Sealed,
    /// Sealed up to the first number, of the last one that there is: rows by their id, messages by that of their conversation.
    Waiting {
        sealed: i64,
        last: i64,
    },
}

/// How far all columns are.
#[derive(Debug)]
pub struct SealingStates {
    pub columns: Vec<(&'static str, SealingState)>,
    /// Whether the database's file may still hold texts that were sealed or deleted since.
    pub copies_left: bool,
}

/// Ids and numbers count from 1.
const BEGINNING: Progress = Progress { row_a: 0, row_b: 0, done: false };
const DONE: Progress = Progress { done: true, ..BEGINNING };

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

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Binary)]
    stored: Vec<u8>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
}

/// Whether texts were sealed in this database: its keys were there, then. The newest of each column are looked at, which are sealed
/// first.
///
/// # Errors
/// [`StoreError`].
pub fn any_sealed(store: &Store) -> Result<bool, StoreError> {
    for column in COLUMNS {
        let newest = store.read(|conn| newest(conn, column))?;
        if newest.is_some_and(|stored| key_number(&stored).is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Sealing {
    pub fn new(store: Store, data_keys: DataKeys) -> Self {
        Self { store, data_keys, vacuum_not_before: Mutex::default() }
    }

    /// At each start: where a table is empty there is nothing to seal, and what is not sealed is refused from its first row on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare(&self) -> Result<(), StoreError> {
        let so_far = self.progress()?;
        let unknown: Vec<_> = COLUMNS.iter().filter(|column| !so_far.contains_key(column.name)).collect();
        let mut done = vec![];
        for column in &unknown {
            if self.store.read(|conn| newest(conn, column))?.is_none() {
                done.push((column.name, DONE));
            }
        }
        if so_far.is_empty() && done.len() == COLUMNS.len() {
            done.push((VACUUM, DONE));
        }
        if !done.is_empty() {
            self.data_keys.store().keep_progress(&done)?;
        }
        self.refuse_unsealed_when_done().map(drop)
    }

    /// Takes the data for those of a backup from before they were sealed: their texts are read and sealed, whoever wrote them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin_anew(&self) -> Result<(), StoreError> {
        self.data_keys.store().forget_progress()?;
        self.data_keys.accept_unsealed();
        Ok(())
    }

    /// Seals what is left, and says how many texts that were. `go_on` is told of each batch, and may pause or end this.
    ///
    /// # Errors
    /// [`StoreError`]. What was done is kept.
    pub fn run(&self, mut go_on: impl FnMut(Batch) -> bool) -> Result<usize, StoreError> {
        let (mut all, so_far) = (0, self.progress()?);
        for column in COLUMNS {
            let mut at = so_far.get(column.name).copied().unwrap_or(BEGINNING);
            if !at.done {
                // Before the first text: what it was stays in the file until then.
                self.keep(VACUUM, BEGINNING)?;
            }
            while !at.done {
                let (before, begun) = (at.row_a, Instant::now());
                let sealed = self.seal_some(column, &mut at)?;
                all += sealed;
                let advanced = at.row_a.abs_diff(before);
                if !go_on(Batch { sealed, advanced, took: begun.elapsed() }) {
                    return Ok(all);
                }
            }
        }
        if self.refuse_unsealed_when_done()? {
            self.vacuum_once()?;
        }
        Ok(all)
    }

    /// A full disk, or a long backup, may prevent it. Not at once again: writers wait each time.
    fn vacuum_once(&self) -> Result<(), StoreError> {
        let mut not_before = self.vacuum_not_before.lock().unwrap_or_else(PoisonError::into_inner);
        if is_done(&self.progress()?, VACUUM) || not_before.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        *not_before = Some(Instant::now() + VACUUM_AGAIN);
        self.store.vacuum()?;
        self.keep(VACUUM, DONE)
    }

    /// # Errors
    /// [`StoreError`].
    pub fn state(&self) -> Result<SealingStates, StoreError> {
        let so_far = self.progress()?;
        let columns = COLUMNS.iter().map(|column| {
            let state = match so_far.get(column.name).copied().unwrap_or(BEGINNING) {
                Progress { done: true, .. } => SealingState::Sealed,
                Progress { row_a, .. } => SealingState::Waiting {
                    sealed: row_a,
                    last: self.store.read(|conn| last_number(conn, column))?.unwrap_or(row_a),
                },
            };
            Ok((column.name, state))
        });
        Ok(SealingStates {
            columns: columns.collect::<Result<_, StoreError>>()?,
            copies_left: !is_done(&so_far, VACUUM),
        })
    }

    fn refuse_unsealed_when_done(&self) -> Result<bool, StoreError> {
        let so_far = self.progress()?;
        let done = COLUMNS.iter().all(|column| is_done(&so_far, column.name));
        if done {
            self.data_keys.refuse_unsealed();
        }
        Ok(done)
    }

    fn progress(&self) -> Result<BTreeMap<String, Progress>, StoreError> {
        self.data_keys.store().progress()
    }

    fn keep(&self, name: &str, progress: Progress) -> Result<(), StoreError> {
        self.data_keys.store().keep_progress(&[(name, progress)])
    }

    /// One batch.
    fn seal_some(&self, column: &ColumnSql, at: &mut Progress) -> Result<usize, StoreError> {
        let (sealed, last) = self.store.write(|conn| {
            let rows = batch(conn, column, *at)?;
            let unsealed = || rows.iter().filter(|row| key_number(&row.stored).is_none());
            self.data_keys.make_missing(unsealed().map(|row| row.person)).map_err(TxError::Rule)?;
            let mut sealed = 0;
            for row in unsealed() {
                sealed += self.seal_row(conn, column, row)?;
            }
            let last = rows.last().map_or(*at, |row| Progress { row_a: row.row_a, row_b: row.row_b, ..*at });
            Ok((sealed, Progress { done: rows.len() < AT_ONCE, ..last }))
        })?;
        self.keep(column.name, last)?;
        *at = last;
        Ok(sealed)
    }

    fn seal_row(
        &self,
        conn: &mut Conn,
        column: &ColumnSql,
        row: &Stored,
    ) -> Result<usize, TxError<StoreError>> {
        let Ok(text) = std::str::from_utf8(&row.stored) else {
            // It was unreadable before, and is left so; the others are sealed.
            tracing::error!(column = column.name, row = ?(row.row_a, row.row_b), "a stored text is not UTF-8");
            return Ok(0);
        };
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

fn is_done(progress: &BTreeMap<String, Progress>, name: &str) -> bool {
    progress.get(name).is_some_and(|progress| progress.done)
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

/// `None` when the table is empty.
fn newest(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Option<Vec<u8>>> {
    let ColumnSql { table, column: name, row, .. } = column;
    let order = row.iter().map(|part| format!("{part} desc")).collect::<Vec<_>>().join(", ");
    let query = sql_query(format!("select {name} as stored from {table} order by {order} limit 1"));
    on!(conn, |c| query.get_result::<Value>(c).optional()).map(|value| value.map(|Value { stored }| stored))
}

fn last_number(conn: &mut Conn, column: &ColumnSql) -> QueryResult<Option<i64>> {
    let query = sql_query(format!("select max({}) as number from {}", column.row[0], column.table));
    on!(conn, |c| query.get_result::<Number>(c)).map(|Number { number }| number)
}
