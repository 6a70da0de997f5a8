//! The session cache: the account of a token, read from the store once and valid until a counter in the database moves.
use super::PersonRow;
use crate::store::{
    Conn, Store, on,
    schema::{access, accounts, sessions},
};
use diesel::prelude::*;
use domain::{
    identity::{Person, SessionAccount, TokenHash},
    shared::StoreError,
};
use lru::LruCache;
use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Sessions. One takes less than a kilobyte.
const CACHED_MAX: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// Cached sessions are valid while both counters are unchanged. Triggers increment them, in the transaction that ends a
/// session or changes an account's flags (`access`) or a profile (`people`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Epochs {
    access: i64,
    people: i64,
}

/// Each call reads the counters, and uses a cached session only if they are those it was read with: an answer is never older
/// than the call.
pub(super) struct SessionCache {
    store: Store,
    cached: Mutex<LruCache<TokenHash, (Epochs, SessionAccount)>>,
}

impl SessionCache {
    pub(super) fn new(store: Store) -> Self {
        // Grows with its sessions: with its bound from the beginning it would take its memory for all of them at once.
        let mut cached = LruCache::unbounded();
        cached.resize(CACHED_MAX);
        Self { store, cached: Mutex::new(cached) }
    }

    /// In the order of the tokens.
    pub(super) fn of(&self, tokens: &[TokenHash]) -> Result<Vec<Option<SessionAccount>>, StoreError> {
        let mut session_accounts = self.lookup(tokens)?;
        let mut unknown = tokens
            .iter()
            .zip(&mut session_accounts)
            .filter(|(_, account)| account.is_none())
            .collect::<Vec<_>>();
        if !unknown.is_empty() {
            let hashes: Vec<_> = unknown.iter().map(|(token, _)| token.0.as_str()).collect();
            let read = self.read(&hashes)?;
            for (token, account) in &mut unknown {
                **account = read.get(*token).map(|(_, account)| account.clone());
            }
            let mut cache = self.cached();
            for (token, account) in read {
                cache.put(token, account);
            }
        }
        Ok(session_accounts)
    }

    /// Those who are known.
    fn lookup(&self, tokens: &[TokenHash]) -> Result<Vec<Option<SessionAccount>>, StoreError> {
        let cached: Vec<_> = {
            let mut cache = self.cached();
            tokens.iter().map(|token| cache.get(token).cloned()).collect()
        };
        if cached.iter().all(Option::is_none) {
            return Ok(cached.into_iter().map(|_| None).collect());
        }
        let now = self.epochs()?;
        let still = |(then, account): (Epochs, SessionAccount)| (then == now).then_some(account);
        Ok(cached.into_iter().map(|cached| cached.and_then(still)).collect())
    }

    fn epochs(&self) -> Result<Epochs, StoreError> {
        let (access, people) = self.store.read(|conn| {
            on!(conn, |c| access::table.select((access::epoch, access::people)).get_result(c))
        })?;
        Ok(Epochs { access, people })
    }

    fn read(&self, hashes: &[&str]) -> Result<HashMap<TokenHash, (Epochs, SessionAccount)>, StoreError> {
        let rows = self.store.read(|conn| session_account_rows(conn, hashes))?;
        let cached = |row: SessionAccountRow| (TokenHash(row.token_hash.clone()), (row.epochs(), row.into()));
        Ok(rows.into_iter().map(cached).collect())
    }

    fn cached(&self) -> MutexGuard<'_, LruCache<TokenHash, (Epochs, SessionAccount)>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open session and its account, with the epochs of the same moment.
#[derive(Queryable)]
pub(super) struct SessionAccountRow {
    token_hash: String,
    person: PersonRow,
    active: bool,
    access: Option<i64>,
    people: Option<i64>,
}

/// One statement: what it finds is no older than the epochs in it.
pub(super) fn session_account_rows(conn: &mut Conn, hashes: &[&str]) -> QueryResult<Vec<SessionAccountRow>> {
    on!(conn, |c| {
        sessions::table
            .inner_join(accounts::table)
            .filter(sessions::token_hash.eq_any(hashes))
            .select((
                sessions::token_hash,
                <PersonRow>::as_select(),
                accounts::is_active,
                access::table.select(access::epoch).single_value(),
                access::table.select(access::people).single_value(),
            ))
            .load(c)
    })
}

impl SessionAccountRow {
    fn epochs(&self) -> Epochs {
        let [access, people] = [self.access, self.people].map(Option::unwrap_or_default);
        Epochs { access, people }
    }
}

impl From<SessionAccountRow> for SessionAccount {
    fn from(row: SessionAccountRow) -> Self {
        Self { caller: Person::from(row.person).into(), active: row.active }
    }
}
