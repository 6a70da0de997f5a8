//! Alarms.
use super::{
    alarm_messages::Sender,
    alarm_rows::{AlarmRow, with_letters},
    repeats, safe, sheet, unreached,
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys},
    idempotency::{self, Claim},
    notifications,
    store::{
        At, Conn, Db, Store, TxError, next_id, on,
        schema::{alarm_letters, alarms, crisis_profiles, outbox as outbox_table},
    },
};
use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{
    crisis::{
        Alarm, AlarmChanged, AlarmId, AlarmSheet, AlarmUpdate, AlarmedPeople, CrisisError, DueRepeat,
        JOINED_WITHIN, NewAlarm, NewRepeat, Result, SafeReport, ScenarioId, StaffAlert, StaffAlertReason,
        ports::AlarmRepository,
    },
    events::Event,
    outbox::{DeliveryState, Links, Origin},
    shared::{AccountId, Page, StoreError, Timestamp},
};

/// The staff hear once of somebody who presses again and again without a scenario.
const TOLD_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

pub struct DieselAlarmRepository {
    pub store: Store,
    pub data_keys: DataKeys,
    pub links: Links,
    /// In the names of letters: whose they are.
    pub mail_host: String,
}

impl AlarmRepository for DieselAlarmRepository {
    fn sheet(
        &self,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<Option<(AlarmSheet, Option<ScenarioId>)>, StoreError> {
        self.store.read(|conn| sheet::read(conn, &self.data_keys, &self.links, owner, now))
    }

    fn raise(&self, new: &NewAlarm) -> Result<AlarmId> {
        let keys = self.data_keys.of(new.owner())?;
        self.store.write(|conn| {
            if let Some(key) = new.key()
                && let Claim::Repeat(id) = idempotency::claim(conn, new.actor(), key, new.audit().at)?
            {
                return Ok(AlarmId::new(id));
            }
            let joined_to = just_before(conn, new)?;
            let notice = match new.notice_for_staff() {
                Some(notice) if !was_told_lately(conn, new)? => Some(notice),
                _ => None,
            };
            let id = insert(conn, &keys, new, joined_to)?;
            if joined_to.is_none() {
                let sender =
                    Sender { keys: &keys, mail_host: &self.mail_host, alarm: id, at: new.audit().at };
                sender.store_round(conn, 0, new.messages())?;
            }
            if let Some(notice) = notice {
                notifications::add_for_staff(conn, notice, new.audit().at)?;
                let reason = match new.scenario() {
                    None => StaffAlertReason::NoScenario,
                    Some(_) => StaffAlertReason::NotDelivered,
                };
                let (alarm, user) = (AlarmId::new(id), new.owner());
                conn.publish_after_commit(Event::new(StaffAlert { alarm, user, reason }));
            }
            // An alarm is raised also where the audit log cannot be written.
            if let Err(e) = conn.attempt(|conn| audit::add(conn, &new.audit().clone().on(id)))? {
                tracing::error!(alarm = id, error = %e, "an alarm is not in the audit log");
            }
            if let Some(key) = new.key() {
                idempotency::keep(conn, new.actor(), key, id)?;
            }
            conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(id))));
            Ok(AlarmId::new(id))
        })
    }

    fn find(&self, owner: AccountId, alarm: AlarmId) -> Result<Option<Alarm>, StoreError> {
        self.store.read(|conn| self.find_in(conn, owner, alarm))
    }

    fn page_of(&self, owner: AccountId, page: Page<AlarmId>) -> Result<Vec<Alarm>, StoreError> {
        let before = page.after.map_or(i64::MAX, AlarmId::get);
        self.store.read(|conn| {
            let rows: Vec<AlarmRow> = on!(conn, |c| {
                alarms::table
                    .filter(alarms::owner_id.eq(owner.get()))
                    .filter(alarms::id.lt(before))
                    .order(alarms::id.desc())
                    .limit(page.limit())
                    .select(AlarmRow::as_select())
                    .load(c)
            })?;
            with_letters(conn, &self.data_keys, owner, rows)
        })
    }

    fn update(&self, update: &AlarmUpdate) -> Result<Alarm> {
        let (owner, id, report) = (update.owner(), update.alarm(), update.report());
        let keys = self.data_keys.of(owner)?;
        self.store.write(|conn| {
            let location = report.location.as_set();
            let changes = (
                report.music_played.as_set().map(|played| alarms::music_played.eq(*played)),
                report.voice_message_played.as_set().map(|played| alarms::voice_message_played.eq(*played)),
                location.map(|location| keys.seal(alarms::location, id.get(), location.as_str())),
                alarms::modified_at.eq(At::from(update.audit().at)),
            );
            let own = alarms::table.find(id.get()).filter(alarms::owner_id.eq(owner.get()));
            let changed = on!(conn, |c| diesel::update(own).set(changes).execute(c))?;
            if changed == 0 {
                return Err(TxError::Rule(CrisisError::AlarmUnknown));
            }
            audit::add(conn, update.audit())?;
            self.find_in(conn, owner, id)?.ok_or(TxError::Rule(CrisisError::AlarmUnknown))
        })
    }

    fn due_repeats(&self, now: Timestamp) -> Result<Vec<DueRepeat>, StoreError> {
        self.store.read(|conn| repeats::due(conn, &self.data_keys, now))
    }

    fn repeat(&self, repeat: &NewRepeat) -> Result<bool, StoreError> {
        let keys = self.data_keys.of(repeat.owner())?;
        self.store.write(|conn| Ok(repeats::store(conn, &keys, &self.mail_host, repeat)?))
    }

    fn alarmed(&self, owner: AccountId, alarm: AlarmId) -> Result<Option<AlarmedPeople>, StoreError> {
        self.store.read(|conn| safe::alarmed(conn, &self.data_keys, owner, alarm))
    }

    fn end_as_safe(&self, report: &SafeReport) -> Result<Alarm> {
        let keys = self.data_keys.of(report.owner())?;
        self.store.write(|conn| {
            safe::end(conn, &keys, &self.links, &self.mail_host, report)?;
            let ended = self.find_in(conn, report.owner(), report.alarm())?;
            ended.ok_or(TxError::Rule(CrisisError::AlarmUnknown))
        })
    }

    fn tell_unreached(&self, now: Timestamp) -> Result<usize, StoreError> {
        unreached::tell_all(&self.store, now)
    }
}

impl DieselAlarmRepository {
    fn find_in(&self, conn: &mut Conn, owner: AccountId, alarm: AlarmId) -> QueryResult<Option<Alarm>> {
        let rows: Vec<AlarmRow> = on!(conn, |c| {
            alarms::table
                .filter(alarms::id.eq(alarm.get()))
                .filter(alarms::owner_id.eq(owner.get()))
                .select(AlarmRow::as_select())
                .load(c)
        })?;
        Ok(with_letters(conn, &self.data_keys, owner, rows)?.pop())
    }
}

/// The owner's alarm of a moment ago whose letters stand for this press too.
fn just_before(conn: &mut Conn, new: &NewAlarm) -> QueryResult<Option<i64>> {
    let Some(scenario) = new.scenario().filter(|_| !new.messages().is_empty()) else { return Ok(None) };
    // Nearly every press of many finds it at once, and waits for nobody.
    if let Some(found) = raised_lately(conn, new, scenario.id)? {
        return Ok(Some(found));
    }
    // Presses of one owner wait for each other here; who has chosen a scenario has this row.
    if let Db::Postgres(c) = &mut conn.db {
        let profile = crisis_profiles::table.find(new.owner().get()).select(crisis_profiles::owner_id);
        profile.for_update().get_result::<i64>(&mut ***c).optional()?;
    }
    raised_lately(conn, new, scenario.id)
}

/// With a letter that was not refused, and whose owner has not said since that they are safe. A little in the future, too: the one that came first to the lock may have looked at the clock
/// last, or at that of another node.
fn raised_lately(conn: &mut Conn, new: &NewAlarm, scenario: ScenarioId) -> QueryResult<Option<i64>> {
    let now = new.audit().at;
    let letters = alarm_letters::table
        .inner_join(outbox_table::table)
        .filter(alarm_letters::alarm_id.eq(alarms::id))
        .filter(outbox_table::state.ne(DeliveryState::Refused.as_str()));
    let lately = alarms::table
        .filter(alarms::owner_id.eq(new.owner().get()))
        .filter(alarms::scenario_id.eq(scenario.get()))
        .filter(alarms::joined_to.is_null())
        .filter(alarms::safe_at.is_null())
        .filter(alarms::raised_at.between(At::from(now - JOINED_WITHIN), At::from(now + JOINED_WITHIN)))
        .filter(diesel::dsl::exists(letters))
        .order(alarms::id.desc())
        .select(alarms::id);
    on!(conn, |c| lately.first(c).optional())
}

/// Whether the staff were told a moment ago that nobody else hears of this owner.
fn was_told_lately(conn: &mut Conn, new: &NewAlarm) -> QueryResult<bool> {
    let now = new.audit().at;
    let lately = alarms::table.filter(alarms::owner_id.eq(new.owner().get())).filter(
        alarms::raised_at.between(At::from(now - TOLD_AGAIN_AFTER), At::from(now + TOLD_AGAIN_AFTER)),
    );
    match new.scenario() {
        None => {
            let same = lately.filter(alarms::scenario_id.is_null());
            on!(conn, |c| diesel::select(diesel::dsl::exists(same)).get_result(c))
        }
        Some(scenario) => {
            let same = lately.filter(alarms::scenario_id.eq(scenario.id.get()));
            on!(conn, |c| diesel::select(diesel::dsl::exists(same)).get_result(c))
        }
    }
}

fn insert(conn: &mut Conn, keys: &PersonKeys, new: &NewAlarm, joined_to: Option<i64>) -> QueryResult<i64> {
    let id = next_id(conn, "alarms")?;
    let at = At::from(new.audit().at);
    let row = (
        alarms::id.eq(id),
        alarms::owner_id.eq(new.owner().get()),
        alarms::scenario_id.eq(new.scenario().map(|scenario| scenario.id.get())),
        alarms::joined_to.eq(joined_to),
        keys.seal(alarms::location, id, new.location()),
        alarms::music_played.eq(new.music_played()),
        alarms::voice_message_played.eq(false),
        alarms::raised_at.eq(at),
        alarms::modified_at.eq(at),
        alarms::origin.eq(new.origin().map(Origin::as_str)),
        alarms::repeats.eq(0),
        // Who joins another is repeated by that one.
        alarms::repeat_at.eq(new.repeat_at().filter(|_| joined_to.is_none()).map(At::from)),
    );
    on!(conn, |c| diesel::insert_into(alarms::table).values(row).execute(c))?;
    Ok(id)
}
