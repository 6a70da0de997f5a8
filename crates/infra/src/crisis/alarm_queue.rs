//! The messages of alarms, on their way.
use super::{alarm_messages::Kind, alarm_rows::ProgressRow, unreached};
use crate::{
    crypto::DataKeys,
    outbox::{self, Queue},
    store::{
        Conn, Db, Store, on,
        schema::{alarm_letters, alarms},
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmChanged, AlarmId, Progress},
    events::Event,
    outbox::{Channel, Delivery, DeliveryState, Failure, Outcome, ports::DeliveryQueue},
    shared::{StoreError, Timestamp},
};

pub struct DieselAlarmQueue {
    pub store: Store,
    pub data_keys: DataKeys,
    pub channel: Channel,
}

impl DeliveryQueue for DieselAlarmQueue {
    /// What a killed node was sending when its alarm was answered is not sent again.
    fn take(&self, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        let queue = Queue::of_alarms(self.channel);
        while let Some(delivery) = outbox::take(&self.store, &self.data_keys, queue, now)? {
            let is_repeated = delivery.attempts > 1;
            if !is_repeated || self.store.write::<_, StoreError>(|conn| Ok(of_alarm(conn, &delivery)?.1))? {
                return Ok(Some(delivery));
            }
            self.finish(&delivery, Outcome::Refused(Failure::NotNeeded), now)?;
        }
        Ok(None)
    }

    /// A refusal is told to the user and the staff; an acceptance makes all messages due that wait for their next try.
    fn finish(&self, delivery: &Delivery, outcome: Outcome, now: Timestamp) -> Result<(), StoreError> {
        let queue = Queue::of_alarms(self.channel);
        self.store.write(|conn| {
            let (alarm, is_needed) = of_alarm(conn, delivery)?;
            let outcome = match outcome {
                // It would be tried again.
                Outcome::Failed(_) if !is_needed => Outcome::Refused(Failure::NotNeeded),
                outcome => outcome,
            };
            let Some(state) = outbox::finish(conn, queue, delivery, outcome, now)? else {
                return Ok(());
            };
            match state {
                DeliveryState::Accepted => {
                    unreached::nothing_to_tell(conn, delivery.id.get())?;
                    outbox::hurry(conn, queue, now)?;
                }
                DeliveryState::Refused if !is_needed => unreached::nothing_to_tell(conn, delivery.id.get())?,
                DeliveryState::Refused => unreached::tell(conn, delivery.id.get(), now)?,
                DeliveryState::Queued | DeliveryState::Sending => {}
            }
            conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(alarm))));
            Ok(())
        })
    }
}

/// Which alarm's message it is, and whether there is still a reason to send it. The alarm is held until the transaction ends: it does
/// not end between this look and what is stored.
fn of_alarm(conn: &mut Conn, delivery: &Delivery) -> QueryResult<(i64, bool)> {
    let (alarm, kind, round): (i64, String, i64) = on!(conn, |c| {
        alarm_letters::table
            .find(delivery.id.get())
            .select((alarm_letters::alarm_id, alarm_letters::kind, alarm_letters::round))
            .get_result(c)
    })?;
    let row = alarms::table.find(alarm);
    let progress: ProgressRow = match &mut conn.db {
        Db::Postgres(c) => row.select(ProgressRow::as_select()).for_share().get_result(&mut ***c)?,
        Db::Sqlite(c) => row.select(ProgressRow::as_select()).get_result(&mut **c)?,
    };
    let Progress { answered_at, safe_at, .. } = progress.into();
    let is_over = safe_at.is_some() || (answered_at.is_some() && round > 0);
    Ok((alarm, kind != Kind::Alarm.as_str() || !is_over))
}
