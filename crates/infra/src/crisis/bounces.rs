//! Letters that came back. Of an alarm's, its user and the staff hear.
use super::unreached;
use crate::{
    outbox::{Bounce, bounce},
    store::{Store, on, schema::alarm_letters},
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmChanged, AlarmId},
    events::Event,
    outbox::{MessageId, ports::BounceReports},
    shared::{StoreError, Timestamp},
};

pub struct DieselBounceReports(pub Store);

impl BounceReports for DieselBounceReports {
    fn bounced(&self, letter: &MessageId, now: Timestamp) -> Result<bool, StoreError> {
        self.0.write(|conn| {
            let id = match bounce(conn, letter, now)? {
                Bounce::Unknown => return Ok(false),
                Bounce::Again => return Ok(true),
                Bounce::First(id) => id,
            };
            let alarm: Option<i64> = on!(conn, |c| {
                alarm_letters::table.find(id).select(alarm_letters::alarm_id).get_result(c).optional()
            })?;
            if let Some(alarm) = alarm {
                unreached::tell_anew(conn, id, now)?;
                conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(alarm))));
            }
            Ok(true)
        })
    }
}
