//! Tells the user and the staff that a recipient of an alarm was not reached, once for each letter.
use crate::{
    notifications,
    store::{
        At, Conn, Store, on,
        schema::{accounts, alarm_letters, alarms, outbox},
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmId, StaffAlert, StaffAlertReason, UNREACHED_AFTER},
    events::Event,
    notifications::Notice,
    outbox::LEASE,
    shared::{AccountId, StoreError, Timestamp},
};

/// Letters at a time: one transaction for each.
const AT_ONCE: i64 = 100;

/// Of all letters that nobody has accepted for so long. One of the future was stored before the clock was set back: it is told of
/// at once, for nobody knows how long it waits.
pub(super) fn tell_all(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let untold: Vec<i64> = store.read(|conn| {
        on!(conn, |c| {
            alarm_letters::table
                .inner_join(outbox::table)
                .filter(diesel::dsl::not(alarm_letters::told))
                .filter(outbox::finished_at.is_null())
                .filter(
                    outbox::queued_at
                        .le(At::from(now - UNREACHED_AFTER))
                        .or(outbox::queued_at.gt(At::from(now + LEASE))),
                )
                .order(alarm_letters::delivery_id)
                .limit(AT_ONCE)
                .select(alarm_letters::delivery_id)
                .load(c)
        })
    })?;
    for delivery in &untold {
        store.write::<_, StoreError>(|conn| Ok(tell(conn, *delivery, now)?))?;
    }
    Ok(untold.len())
}

/// The letter was accepted.
pub(super) fn nothing_to_tell(conn: &mut Conn, delivery: i64) -> QueryResult<()> {
    set_told(conn, delivery, true)
}

/// The letter was accepted, and came back: nobody was told of that, or somebody was before the acceptance.
pub(super) fn tell_anew(conn: &mut Conn, delivery: i64, now: Timestamp) -> QueryResult<()> {
    set_told(conn, delivery, false)?;
    tell(conn, delivery, now)
}

fn set_told(conn: &mut Conn, delivery: i64, told: bool) -> QueryResult<()> {
    let letter = alarm_letters::table.find(delivery);
    on!(conn, |c| diesel::update(letter).set(alarm_letters::told.eq(told)).execute(c)).map(drop)
}

/// A step of somebody's transaction.
pub(super) fn tell(conn: &mut Conn, delivery: i64, now: Timestamp) -> QueryResult<()> {
    let untold = alarm_letters::table.find(delivery).filter(alarm_letters::told.eq(false));
    let told = on!(conn, |c| diesel::update(untold).set(alarm_letters::told.eq(true)).execute(c))?;
    if told == 0 {
        return Ok(());
    }
    let (alarm, owner, user): (i64, i64, String) = on!(conn, |c| {
        alarm_letters::table
            .inner_join(alarms::table.inner_join(accounts::table))
            .filter(alarm_letters::delivery_id.eq(delivery))
            .select((alarms::id, accounts::id, accounts::username))
            .get_result(c)
    })?;
    let (reason, user_id) = (StaffAlertReason::NotDelivered, AccountId::new(owner));
    let alert = StaffAlert { alarm: AlarmId::new(alarm), user: user_id, reason };
    conn.publish_after_commit(Event::new(alert));
    let alarm = alarm.to_string();
    let to_user = Notice::AlarmNotDelivered { alarm: alarm.clone() }.to(user_id);
    notifications::add(conn, &to_user, now)?;
    notifications::add_for_staff(conn, &Notice::AlarmOfUserNotDelivered { user, alarm }, now)
}
