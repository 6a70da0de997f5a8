//! Alarms.
use super::{
    alarm_rows::{AlarmRow, with_letters},
    contacts,
    therapists::TherapistRow,
    unreached,
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader, Sealed},
    idempotency::{self, Claim},
    notifications,
    outbox::{self, Queue},
    store::{
        At, Conn, Db, Store, TxError, next_id, on,
        schema::{accounts, alarm_letters, alarms, crisis_profiles, outbox as outbox_table, therapists},
        with_texts,
    },
};
use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{
    crisis::{
        Alarm, AlarmChanged, AlarmId, AlarmLetter, AlarmSheet, AlarmUpdate, CrisisError, JOINED_WITHIN,
        NewAlarm, Result, ScenarioId, StaffAlert, StaffAlertReason, TrackId, ports::AlarmRepository,
    },
    events::Event,
    outbox::DeliveryState,
    shared::{AccountId, Page, StoreError, Timestamp},
};

/// The staff hear once of somebody who presses again and again without a scenario.
const TOLD_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

pub struct DieselAlarmRepository {
    pub store: Store,
    pub data_keys: DataKeys,
    /// In the names of letters: whose they are.
    pub mail_host: String,
}

impl AlarmRepository for DieselAlarmRepository {
    fn sheet(&self, owner: AccountId) -> Result<Option<(AlarmSheet, Option<ScenarioId>)>, StoreError> {
        self.store.read(|conn| {
            let row: Option<(PersonOnSheet, Option<OnSheet>, Option<TherapistRow>)> = on!(conn, |c| {
                accounts::table
                    .left_join(crisis_profiles::table)
                    .left_join(therapists::table)
                    .filter(accounts::id.eq(owner.get()))
                    .select((
                        PersonOnSheet::as_select(),
                        Option::<OnSheet>::as_select(),
                        Option::<TherapistRow>::as_select(),
                    ))
                    .get_result(c)
                    .optional()
            })?;
            let Some((person, profile, therapist)) = row else { return Ok(None) };
            let mut reader = Reader::of(&self.data_keys);
            let told = profile.as_ref().is_some_and(|profile| profile.has_therapist_contact);
            // What cannot be read any more is left out: nothing of it is worth an alarm that is not raised.
            let therapist = therapist.filter(|_| told).and_then(|therapist| therapist.open(&mut reader).ok());
            let row = reader.row(owner.get(), owner.get())?;
            let location = profile.as_ref().and_then(|profile| row.open(profile.location).ok());
            let (location, therapist) = with_texts((location, therapist), |(location, therapist), texts| {
                let location = location.map_or_else(String::new, |location| texts.get(location).to_owned());
                (location, therapist.map(|therapist| therapist.read(texts)))
            });
            let contacts = contacts::all_readable(conn, owner, Reader::of(&self.data_keys))?;
            let scenario = profile.as_ref().and_then(|profile| profile.scenario_id).map(ScenarioId::new);
            let sheet = AlarmSheet {
                owner,
                full_name: format!("{} {}", person.first_name, person.last_name).trim().to_owned(),
                username: person.username,
                phone_number: person.phone_number,
                location,
                music: profile.and_then(|profile| profile.music_id).map(TrackId::new),
                contacts,
                therapist,
            };
            Ok(Some((sheet, scenario)))
        })
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
                for letter in new.letters() {
                    insert_letter(conn, &keys, &self.mail_host, id, letter, new.audit().at)?;
                }
            }
            if let Some(notice) = notice {
                notifications::add_for_staff(conn, notice, new.audit().at)?;
                let (alarm, user, reason) = (AlarmId::new(id), new.owner(), StaffAlertReason::NoScenario);
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
    let Some(scenario) = new.scenario().filter(|_| !new.letters().is_empty()) else { return Ok(None) };
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

/// With a letter that was not refused. A little in the future, too: the one that came first to the lock may have looked at the clock
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
        .filter(alarms::raised_at.between(At::from(now - JOINED_WITHIN), At::from(now + JOINED_WITHIN)))
        .filter(diesel::dsl::exists(letters))
        .order(alarms::id.desc())
        .select(alarms::id);
    on!(conn, |c| lately.first(c).optional())
}

/// Whether the staff were told a moment ago that this owner has chosen no scenario.
fn was_told_lately(conn: &mut Conn, new: &NewAlarm) -> QueryResult<bool> {
    let now = new.audit().at;
    let lately = alarms::table
        .filter(alarms::owner_id.eq(new.owner().get()))
        .filter(alarms::scenario_id.is_null())
        .filter(
            alarms::raised_at.between(At::from(now - TOLD_AGAIN_AFTER), At::from(now + TOLD_AGAIN_AFTER)),
        );
    on!(conn, |c| diesel::select(diesel::dsl::exists(lately)).get_result(c))
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
    );
    on!(conn, |c| diesel::insert_into(alarms::table).values(row).execute(c))?;
    Ok(id)
}

fn insert_letter(
    conn: &mut Conn,
    keys: &PersonKeys,
    mail_host: &str,
    alarm: i64,
    letter: &AlarmLetter,
    at: Timestamp,
) -> QueryResult<()> {
    let delivery = outbox::add(conn, Queue::ALARM_LETTERS, keys, mail_host, &letter.message, at)?.get();
    let row = (
        alarm_letters::delivery_id.eq(delivery),
        alarm_letters::alarm_id.eq(alarm),
        alarm_letters::contact_id.eq(letter.role.contact().map(|id| id.get())),
        keys.seal(alarm_letters::name, delivery, &letter.name),
        keys.seal(alarm_letters::relationship, delivery, &letter.relationship),
        alarm_letters::told.eq(false),
    );
    on!(conn, |c| diesel::insert_into(alarm_letters::table).values(row).execute(c)).map(drop)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct PersonOnSheet {
    username: String,
    first_name: String,
    last_name: String,
    phone_number: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crisis_profiles)]
struct OnSheet {
    location: Sealed<crisis_profiles::location>,
    music_id: Option<i64>,
    has_therapist_contact: bool,
    scenario_id: Option<i64>,
}
