//! What was made under which key of a client's.
use crate::store::{At, Conn, Store, TxError, on, schema::idempotency_keys as keys};
use diesel::prelude::*;
use domain::shared::{AccountId, Clock, IdempotencyKey, StoreError, Timestamp};
use std::sync::Arc;

/// Whether the change is to be made.
pub(crate) enum Claim {
    /// It is: its object is [`kept`] under the key.
    New,
    /// It was: this is the id of what it made.
    Repeat(i64),
}

/// A step of the change, before anything is made. Another request with the same key waits here for the outcome of this one.
///
/// # Errors
/// [`StoreError::KeyReused`] when the key stands for another body.
pub(crate) fn claim<E: From<StoreError>>(
    conn: &mut Conn,
    account: AccountId,
    key: &IdempotencyKey,
    now: Timestamp,
) -> Result<Claim, TxError<E>> {
    let row = (
        keys::account_id.eq(account.get()),
        keys::route.eq(&key.route),
        keys::name.eq(key.name()),
        keys::fingerprint.eq(&key.fingerprint),
        keys::at.eq(At::from(now)),
    );
    let claimed =
        on!(conn, |c| { diesel::insert_into(keys::table).values(row).on_conflict_do_nothing().execute(c) })?;
    if claimed > 0 {
        return Ok(Claim::New);
    }
    let named = keys::table.find((account.get(), key.route.as_str(), key.name()));
    let oldest = At::from(IdempotencyKey::oldest(now));
    let forgotten = on!(conn, |c| diesel::delete(named.filter(keys::at.lt(oldest))).execute(c))?;
    if forgotten > 0 {
        return claim(conn, account, key, now);
    }
    let found: Option<(String, Option<i64>)> =
        on!(conn, |c| { named.select((keys::fingerprint, keys::object_id)).get_result(c).optional() })?;
    let failed = |e: StoreError| Err(TxError::Rule(e.into()));
    match found {
        Some((fingerprint, _)) if fingerprint != key.fingerprint => failed(StoreError::KeyReused),
        Some((_, Some(object))) => Ok(Claim::Repeat(object)),
        Some((_, None)) => failed(StoreError::failed("an idempotency key names nothing")),
        None => failed(StoreError::unavailable("an idempotency key was forgotten meanwhile")),
    }
}

/// What the change has made.
pub(crate) fn keep(
    conn: &mut Conn,
    account: AccountId,
    key: &IdempotencyKey,
    object: i64,
) -> QueryResult<()> {
    let claimed = keys::table.find((account.get(), key.route.as_str(), key.name()));
    on!(conn, |c| diesel::update(claimed).set(keys::object_id.eq(Some(object))).execute(c)).map(drop)
}

pub struct IdempotencyKeys {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
}

impl IdempotencyKeys {
    /// Removes those that no longer count; how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_old(&self) -> Result<usize, StoreError> {
        let oldest = At::from(IdempotencyKey::oldest(self.clock.now()));
        self.store.write(|conn| {
            Ok(on!(conn, |c| diesel::delete(keys::table.filter(keys::at.lt(oldest))).execute(c))?)
        })
    }
}
