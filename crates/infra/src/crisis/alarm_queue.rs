//! The messages of alarms, on their way.
use super::unreached;
use crate::{
    crypto::DataKeys,
    outbox::{self, Queue},
    store::{Store, on, schema::alarm_letters},
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmChanged, AlarmId},
    events::Event,
    outbox::{Channel, Delivery, DeliveryState, Outcome, ports::DeliveryQueue},
    shared::{StoreError, Timestamp},
};

pub struct DieselAlarmQueue {
    pub store: Store,
    pub data_keys: DataKeys,
    pub channel: Channel,
}

impl DeliveryQueue for DieselAlarmQueue {
    fn take(&self, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        outbox::take(&self.store, &self.data_keys, Queue::of_alarms(self.channel), now)
    }

    /// A refusal is told to the user and the staff; an acceptance makes all letters due that wait for their next try.
    fn finish(&self, delivery: &Delivery, outcome: Outcome, now: Timestamp) -> Result<(), StoreError> {
        let queue = Queue::of_alarms(self.channel);
        self.store.write(|conn| {
            let Some(state) = outbox::finish(conn, queue, delivery, outcome, now)? else {
                return Ok(());
            };
            let alarm: i64 = on!(conn, |c| {
                alarm_letters::table.find(delivery.id.get()).select(alarm_letters::alarm_id).get_result(c)
            })?;
            match state {
                DeliveryState::Accepted => {
                    unreached::nothing_to_tell(conn, delivery.id.get())?;
                    outbox::hurry(conn, queue, now)?;
                }
                DeliveryState::Refused => unreached::tell(conn, delivery.id.get(), now)?,
                DeliveryState::Queued | DeliveryState::Sending => {}
            }
            conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(alarm))));
            Ok(())
        })
    }
}
