//! Alarms as they are stored, and their letters beside them.
use crate::{
    crypto::{DataKeys, Reader, Sealed},
    outbox::StatusRow,
    store::{
        At, Conn, on,
        schema::{alarm_letters, alarms, outbox},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{Alarm, AlarmId, AlarmRecipient, ContactId, RecipientRole, ScenarioId},
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
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarm_letters)]
struct LetterRow {
    delivery_id: i64,
    alarm_id: i64,
    contact_id: Option<i64>,
    name: Sealed<alarm_letters::name>,
    relationship: Sealed<alarm_letters::relationship>,
}

/// With the letters that are due by them: one query more, however many alarms they are. All are the owner's.
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
    let due_by: Vec<i64> = alarms.iter().map(|alarm| letters_of(alarm).get()).collect();
    let letters: Vec<(LetterRow, StatusRow)> = on!(conn, |c| {
        alarm_letters::table
            .inner_join(outbox::table)
            .filter(alarm_letters::alarm_id.eq_any(&due_by))
            .order(alarm_letters::delivery_id)
            .select((LetterRow::as_select(), StatusRow::as_select()))
            .load(c)
    })?;
    let recipients = recipients(owner, letters, reader)?;
    for alarm in &mut alarms {
        let due = letters_of(alarm);
        alarm.recipients =
            recipients.iter().filter(|(of, _)| *of == due).map(|(_, recipient)| recipient.clone()).collect();
    }
    Ok(alarms)
}

/// By which alarm its letters are due.
fn letters_of(alarm: &Alarm) -> AlarmId {
    alarm.joined_to.unwrap_or(alarm.id)
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
        recipients: vec![],
    }
}

fn recipients(
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
            let recipient = AlarmRecipient {
                role: letter
                    .contact_id
                    .map_or(RecipientRole::Therapist, |id| RecipientRole::Contact(ContactId::new(id))),
                name: texts.get(name).to_owned(),
                relationship: texts.get(relationship).to_owned(),
                delivery: status.into(),
            };
            (AlarmId::new(letter.alarm_id), recipient)
        };
        opened.into_iter().map(recipient).collect()
    }))
}
