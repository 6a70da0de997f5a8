//! Alarms as they are stored, and their messages beside them.
use super::alarm_messages::{Kind, key_of};
use crate::{
    crypto::{DataKeys, Reader, Sealed},
    outbox::StatusRow,
    store::{
        At, Conn, Word, on,
        schema::{alarm_letters, alarms, outbox},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{Alarm, AlarmId, AlarmRecipient, ContactId, Progress, RecipientRole, ScenarioId},
    outbox::{Channel, DeliveryStatus},
    shared::AccountId,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarms)]
pub(super) struct AlarmRow {
    id: i64,
    owner_id: i64,
    scenario_id: Option<i64>,
    joined_to: Option<i64>,
    location: Sealed<alarms::location>,
    music_played: bool,
    voice_message_played: bool,
    raised_at: At,
    #[diesel(embed)]
    progress: ProgressRow,
}

#[derive(Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = alarms)]
pub(super) struct ProgressRow {
    repeats: i64,
    repeat_at: Option<At>,
    answered_at: Option<At>,
    safe_at: Option<At>,
}

impl From<ProgressRow> for Progress {
    fn from(row: ProgressRow) -> Self {
        Self {
            repeats: u32::try_from(row.repeats).unwrap_or(u32::MAX),
            repeat_at: row.repeat_at.map(Into::into),
            answered_at: row.answered_at.map(Into::into),
            safe_at: row.safe_at.map(Into::into),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarm_letters)]
struct LetterRow {
    delivery_id: i64,
    alarm_id: i64,
    channel: Word<Channel>,
    contact_id: Option<i64>,
    name: Sealed<alarm_letters::name>,
    relationship: Sealed<alarm_letters::relationship>,
    answered_at: Option<At>,
}

pub(super) fn role_of(contact_id: Option<i64>) -> RecipientRole {
    contact_id.map_or(RecipientRole::Therapist, |id| RecipientRole::Contact(ContactId::new(id)))
}

/// With the messages that are due by them: a query more, however many alarms they are. All are the owner's.
pub(super) fn with_letters(
    conn: &mut Conn,
    data_keys: &DataKeys,
    owner: AccountId,
    rows: Vec<AlarmRow>,
) -> QueryResult<Vec<Alarm>> {
    let mut reader = Reader::of(data_keys);
    let mut alarms = with_texts(
        rows.into_iter()
            .map(|row| Ok((reader.row(row.owner_id, row.id)?.open(row.location)?, row)))
            .collect::<QueryResult<Vec<_>>>()?,
        |rows, texts| {
            rows.into_iter()
                .map(|(location, row)| alarm(row, texts.get(location).to_owned()))
                .collect::<Vec<_>>()
        },
    );
    tell_progress(conn, &mut alarms)?;
    let due_by: Vec<i64> = alarms.iter().map(|alarm| lead(alarm).get()).collect();
    let letters: Vec<(LetterRow, StatusRow)> = on!(conn, |c| {
        alarm_letters::table
            .inner_join(outbox::table)
            .filter(alarm_letters::alarm_id.eq_any(&due_by))
            .filter(alarm_letters::kind.eq(Kind::Alarm.as_str()))
            .order(alarm_letters::delivery_id)
            .select((LetterRow::as_select(), StatusRow::as_select()))
            .load(c)
    })?;
    let letters = opened(owner, letters, reader)?;
    for alarm in &mut alarms {
        let due = lead(alarm);
        alarm.recipients = recipients(letters.iter().filter(|(of, _)| *of == due));
    }
    Ok(alarms)
}

/// By which alarm its messages are due.
fn lead(alarm: &Alarm) -> AlarmId {
    alarm.joined_to.unwrap_or(alarm.id)
}

/// What is known of an alarm that others have joined is known of them.
fn tell_progress(conn: &mut Conn, alarms: &mut [Alarm]) -> QueryResult<()> {
    let leads: Vec<i64> = alarms.iter().filter_map(|alarm| alarm.joined_to).map(AlarmId::get).collect();
    if leads.is_empty() {
        return Ok(());
    }
    let found: Vec<(i64, ProgressRow)> = on!(conn, |c| {
        alarms::table.filter(alarms::id.eq_any(&leads)).select((alarms::id, ProgressRow::as_select())).load(c)
    })?;
    for alarm in alarms {
        let of_lead = found.iter().find(|(id, _)| Some(AlarmId::new(*id)) == alarm.joined_to);
        if let Some((_, progress)) = of_lead {
            alarm.progress = (*progress).into();
        }
    }
    Ok(())
}

fn alarm(row: AlarmRow, location: String) -> Alarm {
    Alarm {
        id: AlarmId::new(row.id),
        owner: AccountId::new(row.owner_id),
        scenario: row.scenario_id.map(ScenarioId::new),
        raised_at: row.raised_at.into(),
        joined_to: row.joined_to.map(AlarmId::new),
        location,
        music_played: row.music_played,
        voice_message_played: row.voice_message_played,
        progress: row.progress.into(),
        recipients: vec![],
    }
}

/// Each once for each channel, in the order of the press.
fn recipients<'a>(letters: impl Iterator<Item = &'a (AlarmId, AlarmRecipient)>) -> Vec<AlarmRecipient> {
    let mut all: Vec<AlarmRecipient> = vec![];
    for (_, later) in letters {
        let key = key_of(later.role, later.channel);
        match all.iter_mut().find(|known| key_of(known.role, known.channel) == key) {
            Some(known) => *known = known.clone().followed_by(later.clone()),
            None => all.push(later.clone()),
        }
    }
    all
}

fn opened(
    owner: AccountId,
    letters: Vec<(LetterRow, StatusRow)>,
    mut reader: Reader<'_>,
) -> QueryResult<Vec<(AlarmId, AlarmRecipient)>> {
    let opened = letters.into_iter().map(|(letter, status)| {
        let row = reader.row(owner.get(), letter.delivery_id)?;
        Ok((row.open(letter.name)?, row.open(letter.relationship)?, letter, status))
    });
    let opened = opened.collect::<QueryResult<Vec<_>>>()?;
    Ok(with_texts(opened, |opened, texts| {
        let recipient = |(name, relationship, letter, status): (_, _, LetterRow, StatusRow)| {
            let delivery = DeliveryStatus::from(status);
            let recipient = AlarmRecipient {
                role: role_of(letter.contact_id),
                channel: letter.channel.0,
                name: texts.get(name).to_owned(),
                relationship: texts.get(relationship).to_owned(),
                is_pending: !delivery.state.is_final(),
                delivery,
                answered_at: letter.answered_at.map(Into::into),
            };
            (AlarmId::new(letter.alarm_id), recipient)
        };
        opened.into_iter().map(recipient).collect()
    }))
}
