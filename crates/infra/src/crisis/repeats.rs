//! Alarms that nobody has answered in time.
use super::{
    alarm_messages::{Kind, Sender},
    alarm_rows::role_of,
};
use crate::{
    crypto::{DataKeys, PersonKeys, Reader, Sealed},
    notifications,
    store::{
        At, Conn, Word, on,
        schema::{alarm_letters, alarms, outbox},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmChanged, AlarmId, DueRepeat, NewRepeat, StaffAlert, StaffAlertReason, Told},
    events::Event,
    outbox::{Channel, Origin},
    shared::{AccountId, Timestamp},
};

/// Of one run of the job.
const AT_ONCE: i64 = 100;

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarms)]
struct DueRow {
    id: i64,
    owner_id: i64,
    location: Sealed<alarms::location>,
    raised_at: At,
    origin: Option<String>,
    repeats: i64,
}

/// Those of several rounds follow each other.
#[derive(Queryable, Selectable)]
#[diesel(table_name = alarm_letters)]
struct ToldRow {
    alarm_id: i64,
    channel: Word<Channel>,
    contact_id: Option<i64>,
}

pub(super) fn due(conn: &mut Conn, data_keys: &DataKeys, now: Timestamp) -> QueryResult<Vec<DueRepeat>> {
    let rows: Vec<DueRow> = on!(conn, |c| {
        alarms::table
            .filter(alarms::repeat_at.le(At::from(now)))
            .order(alarms::repeat_at)
            .limit(AT_ONCE)
            .select(DueRow::as_select())
            .load(c)
    })?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let told: Vec<(ToldRow, Option<At>)> = on!(conn, |c| {
        alarm_letters::table
            .inner_join(outbox::table)
            .filter(alarm_letters::alarm_id.eq_any(&ids))
            .filter(alarm_letters::kind.eq(Kind::Alarm.as_str()))
            .order(alarm_letters::delivery_id.desc())
            .select((ToldRow::as_select(), outbox::finished_at))
            .load(c)
    })?;
    let mut reader = Reader::of(data_keys);
    let opened = rows.into_iter().map(|row| {
        // An alarm is repeated also when its place cannot be read any more.
        let location = reader.row(row.owner_id, row.id).ok();
        let location = location.and_then(|texts| texts.open(row.location).ok());
        Ok((row, location))
    });
    let opened = opened.collect::<QueryResult<Vec<_>>>()?;
    Ok(with_texts(opened, |opened, texts| {
        let due = opened.into_iter().map(|(row, location)| DueRepeat {
            alarm: AlarmId::new(row.id),
            owner: AccountId::new(row.owner_id),
            raised_at: row.raised_at.into(),
            location: location.map_or_else(String::new, |location| texts.get(location).to_owned()),
            repeats: u32::try_from(row.repeats).unwrap_or(u32::MAX),
            origin: row.origin.map(Origin::new),
            told: told.iter().filter(|(told, _)| told.alarm_id == row.id).map(told_of).collect(),
        });
        due.collect()
    }))
}

fn told_of((told, finished_at): &(ToldRow, Option<At>)) -> Told {
    Told { role: role_of(told.contact_id), channel: told.channel.0, is_open: finished_at.is_none() }
}

/// `false`: it was answered meanwhile, its owner is safe, or another node was first.
pub(super) fn store(
    conn: &mut Conn,
    keys: &PersonKeys,
    mail_host: &str,
    repeat: &NewRepeat,
) -> QueryResult<bool> {
    let (alarm, owner, at) = (repeat.alarm(), repeat.owner(), repeat.at());
    let due = alarms::table
        .find(alarm.get())
        .filter(alarms::repeats.eq(i64::from(repeat.number()) - 1))
        .filter(alarms::repeat_at.is_not_null());
    let changes = (
        alarms::repeats.eq(i64::from(repeat.number())),
        alarms::repeat_at.eq(repeat.repeat_at().map(At::from)),
    );
    if on!(conn, |c| diesel::update(due).set(changes).execute(c))? == 0 {
        return Ok(false);
    }
    let sender = Sender { keys, mail_host, alarm: alarm.get(), at };
    sender.store_round(conn, repeat.number(), repeat.messages())?;
    notifications::add_for_staff(conn, repeat.notice_for_staff(), at)?;
    conn.publish_after_commit(Event::new(StaffAlert {
        alarm,
        user: owner,
        reason: StaffAlertReason::Unanswered,
    }));
    conn.publish_after_commit(Event::new(AlarmChanged(alarm)));
    Ok(true)
}
