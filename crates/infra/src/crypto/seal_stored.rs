//! Seals the texts that were stored before their column was sealed: in batches, while the server serves. Each batch is one
//! transaction; how far it came is noted after it, in the keys' database, so that a killed server does a batch twice at most. Several
//! nodes may do it at once: what is sealed is left alone.
use super::{
    cipher::key_number,
    columns::{COLUMNS, ColumnSql, ColumnTag},
    data_keys::DataKeys,
    key_store::Progress,
    sealed::RowKey,
    stored_rows::{Stored, batch, last_number, newest, oldest, replace},
};
use crate::store::{Conn, Store, TxError};
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

/// Whether texts were sealed in this database: its keys were there, then. Requests seal the newest rows, and the job begins with
/// the oldest: so both ends of each table are read.
///
/// # Errors
/// [`StoreError`].
pub fn any_sealed(store: &Store) -> Result<bool, StoreError> {
    for column in COLUMNS {
        let ends = store.read(|conn| Ok([oldest(conn, column)?, newest(conn, column)?]))?;
        if ends.iter().flatten().any(|stored| key_number(stored).is_some()) {
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

    /// For data restored from a backup of a version that sealed nothing: texts that are not sealed are accepted again, and sealed by
    /// the next [`run`](Self::run).
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
                // SQLite's file holds the plain texts until it is vacuumed, also if this process is killed.
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
            let rows = batch(conn, column, (at.row_a, at.row_b), AT_ONCE)?;
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
        Ok(replace(conn, column, row, sealed)?)
    }
}

fn is_done(progress: &BTreeMap<String, Progress>, name: &str) -> bool {
    progress.get(name).is_some_and(|progress| progress.done)
}
