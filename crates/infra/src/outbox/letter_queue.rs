//! Letters that are no alarm's.
use super::{
    Queue,
    steps::{finish, hurry, take},
};
use crate::{
    crypto::DataKeys,
    store::{At, Store, on, schema::outbox},
};
use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{
    outbox::{Delivery, DeliveryState, Outcome, ports::DeliveryQueue},
    shared::{StoreError, Timestamp},
};

/// Letters of which nobody is told how far they are.
#[derive(Clone)]
pub struct DieselLetterQueue {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl DeliveryQueue for DieselLetterQueue {
    fn take(&self, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        take(&self.store, &self.data_keys, Queue::LETTERS, now)
    }

    fn finish(&self, delivery: &Delivery, outcome: Outcome, now: Timestamp) -> Result<(), StoreError> {
        self.store.write(|conn| {
            let state = finish(conn, Queue::LETTERS, delivery, outcome, now)?;
            if state == Some(DeliveryState::Accepted) {
                hurry(conn, Queue::LETTERS, now)?;
            }
            Ok(())
        })
    }
}

/// What became of an ordinary letter is of use to an operator for some days, and its text to nobody.
const KEPT: TimeDelta = TimeDelta::days(7);
const FORGOTTEN_AT_ONCE: i64 = 1_000;

impl DieselLetterQueue {
    /// A background job: deletes letters that were accepted or refused a week ago. Not all at once.
    ///
    /// # Errors
    /// Those of the store.
    pub fn forget_old(&self, now: Timestamp) -> Result<usize, StoreError> {
        let old = outbox::table
            .filter(outbox::queue.eq(Queue::LETTERS.name))
            .filter(outbox::finished_at.lt(At::from(now - KEPT)))
            .order(outbox::finished_at)
            .limit(FORGOTTEN_AT_ONCE)
            .select(outbox::id);
        let ids: Vec<i64> = self.store.read(|conn| on!(conn, |c| old.load(c)))?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.store.write(|conn| {
            Ok(on!(conn, |c| diesel::delete(outbox::table.filter(outbox::id.eq_any(&ids))).execute(c))?)
        })
    }
}
