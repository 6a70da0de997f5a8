//! Recipients who answer an alarm.
use super::{
    alarm_messages::cancel,
    alarm_rows::{ProgressRow, role_of},
    person::PersonRow,
};
use crate::{
    audit,
    crypto::{DataKeys, Reader, Sealed},
    notifications,
    store::{
        At, Conn, Store, on,
        schema::{accounts, alarm_letters, alarms},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    audit::{AuditAction, AuditEntry},
    crisis::{AlarmChanged, AlarmId, AnswerPage, RecipientRole, ports::AnswerRepository},
    events::Event,
    identity::TokenHash,
    notifications::Notice,
    shared::{AccountId, StoreError, Timestamp},
};

pub struct DieselAnswerRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarms)]
struct AnsweredAlarmRow {
    id: i64,
    owner_id: i64,
    location: Sealed<alarms::location>,
    raised_at: At,
}

impl AnswerRepository for DieselAnswerRepository {
    fn page(&self, link: &TokenHash) -> Result<Option<AnswerPage>, StoreError> {
        type Row = (AnsweredAlarmRow, ProgressRow, PersonRow, Option<At>);
        self.store.read(|conn| {
            let row: Option<Row> = on!(conn, |c| {
                alarm_letters::table
                    .inner_join(alarms::table.inner_join(accounts::table))
                    .filter(alarm_letters::answer_hash.eq(&link.0))
                    .select((
                        AnsweredAlarmRow::as_select(),
                        ProgressRow::as_select(),
                        PersonRow::as_select(),
                        alarm_letters::answered_at,
                    ))
                    .get_result(c)
                    .optional()
            })?;
            let Some((alarm, progress, person, answered_at)) = row else { return Ok(None) };
            let mut reader = Reader::of(&self.data_keys);
            let row = reader.row(alarm.owner_id, alarm.id);
            // An alarm can be answered also when its place cannot be read any more.
            let location = row.and_then(|texts| texts.open(alarm.location)).ok();
            let location = with_texts(location, |location, texts| {
                location.map_or_else(String::new, |location| texts.get(location).to_owned())
            });
            Ok(Some(AnswerPage {
                full_name: person.full_name(),
                username: person.username,
                phone_number: person.phone_number,
                location,
                raised_at: alarm.raised_at.into(),
                progress: progress.into(),
                answered_at: answered_at.map(Into::into),
            }))
        })
    }

    fn answer(&self, link: &TokenHash, now: Timestamp) -> Result<(), StoreError> {
        self.store.write(|conn| {
            let found: Option<(i64, i64)> = on!(conn, |c| {
                alarm_letters::table
                    .inner_join(alarms::table)
                    .filter(alarm_letters::answer_hash.eq(&link.0))
                    .select((alarms::id, alarms::owner_id))
                    .get_result(c)
                    .optional()
            })?;
            let Some((alarm, owner)) = found else { return Ok(()) };
            end_repeats(conn, alarm)?;
            let Some(answering) = mark(conn, link, now)? else { return Ok(()) };
            note_first(conn, alarm, now)?;
            cancel(conn, &[alarm], 1, now)?;
            let name = self.name(owner, answering)?;
            let owner = AccountId::new(owner);
            let notice = Notice::AlarmAnswered { name, alarm: alarm.to_string() };
            notifications::add(conn, &notice.to(owner), now)?;
            let entry = AuditEntry::own(owner, AuditAction::AlarmAnswered, now).on(alarm);
            audit::add(conn, &AuditEntry { actor: None, ..entry })?;
            conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(alarm))));
            Ok(())
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarm_letters)]
struct AnsweringRow {
    delivery_id: i64,
    contact_id: Option<i64>,
    alarm_id: i64,
    name: Sealed<alarm_letters::name>,
}

/// Holds the alarm's row from here on: before its messages, as everybody who changes both.
fn end_repeats(conn: &mut Conn, alarm: i64) -> QueryResult<()> {
    let row = alarms::table.find(alarm);
    on!(conn, |c| diesel::update(row).set(alarms::repeat_at.eq(None::<At>)).execute(c)).map(drop)
}

/// `None` if this recipient has answered before, by whichever letter.
fn mark(conn: &mut Conn, link: &TokenHash, now: Timestamp) -> QueryResult<Option<AnsweringRow>> {
    let row: AnsweringRow = on!(conn, |c| {
        alarm_letters::table
            .filter(alarm_letters::answer_hash.eq(&link.0))
            .select(AnsweringRow::as_select())
            .get_result(c)
    })?;
    let answered: Vec<Option<i64>> = on!(conn, |c| {
        alarm_letters::table
            .filter(alarm_letters::alarm_id.eq(row.alarm_id))
            .filter(alarm_letters::answered_at.is_not_null())
            .select(alarm_letters::contact_id)
            .load(c)
    })?;
    let letter = alarm_letters::table.find(row.delivery_id).filter(alarm_letters::answered_at.is_null());
    let set = alarm_letters::answered_at.eq(At::from(now));
    on!(conn, |c| diesel::update(letter).set(set).execute(c))?;
    Ok((!answered.contains(&row.contact_id)).then_some(row))
}

fn note_first(conn: &mut Conn, alarm: i64, now: Timestamp) -> QueryResult<()> {
    let first = alarms::table.find(alarm).filter(alarms::answered_at.is_null());
    on!(conn, |c| diesel::update(first).set(alarms::answered_at.eq(At::from(now))).execute(c)).map(drop)
}

impl DieselAnswerRepository {
    /// As the user named them.
    fn name(&self, owner: i64, row: AnsweringRow) -> QueryResult<String> {
        let mut reader = Reader::of(&self.data_keys);
        let opened = reader.row(owner, row.delivery_id).and_then(|texts| texts.open(row.name));
        match opened {
            Ok(name) => Ok(with_texts(name, |name, texts| texts.get(name).to_owned())),
            // An answer is one also if nobody can read whose it is.
            Err(_unreadable) => Ok(match role_of(row.contact_id) {
                RecipientRole::Contact(id) => id.to_string(),
                RecipientRole::Therapist => String::new(),
            }),
        }
    }
}
