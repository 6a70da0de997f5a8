//! Letters that are no alarm's.
use super::{
    Queue,
    steps::{finish, hurry, take},
};
use crate::{crypto::DataKeys, store::Store};
use domain::{
    outbox::{Delivery, DeliveryState, Outcome, ports::DeliveryQueue},
    shared::{StoreError, Timestamp},
};

/// Letters of which nobody is told how far they are.
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
