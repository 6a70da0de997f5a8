//! What is known of a user when they write.
use crate::{
    crisis::Surroundings,
    crypto::{DataKeys, Reader, Sealed},
    store::{
        At, Conn, Word, on,
        schema::{accounts, assistant_agreements, assistant_messages, assistant_sessions},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    assistant::{AssistantSheet, PrivateValues, SILENCE, Sender, Speaker, TherapistContact, Turn},
    shared::{AccountId, Timestamp},
};

/// Messages that may go along: half as many exchanges, however few tokens they are.
const TURNS_MAX: i64 = 60;

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    username: String,
    first_name: String,
    last_name: String,
    father_name: String,
    phone_number: String,
}

pub(super) fn read(
    conn: &mut Conn,
    data_keys: &DataKeys,
    owner: AccountId,
    now: Timestamp,
) -> QueryResult<AssistantSheet> {
    let (account, agreed_at): (AccountRow, Option<At>) = on!(conn, |c| {
        accounts::table
            .left_join(assistant_agreements::table)
            .filter(accounts::id.eq(owner.get()))
            .select((AccountRow::as_select(), assistant_agreements::agreed_at.nullable()))
            .get_result(c)
    })?;
    let surroundings = Surroundings::of(conn, data_keys, owner)?;
    Ok(AssistantSheet {
        private: private_values(&account, &surroundings),
        username: account.username,
        location: surroundings.location,
        therapist: surroundings
            .therapist
            .map(|therapist| TherapistContact { name: therapist.name, phone: therapist.phone }),
        has_agreed: agreed_at.is_some(),
        last_danger_at: last_danger_at(conn, owner)?,
        turns: turns(conn, data_keys, owner, now)?,
    })
}

fn private_values(account: &AccountRow, surroundings: &Surroundings) -> PrivateValues {
    let full = [&account.first_name, &account.father_name, &account.last_name].map(String::as_str).join(" ");
    let mut values = PrivateValues {
        names: vec![account.username.clone(), full],
        phones: vec![account.phone_number.clone()],
    };
    let contacts = surroundings.contacts.iter().map(|one| (&one.name, &one.phone));
    let therapist = surroundings.therapist.iter().map(|one| (&one.name, &one.phone));
    for (name, phone) in contacts.chain(therapist) {
        values.names.push(name.clone());
        values.phones.push(phone.clone());
    }
    values
}

fn last_danger_at(conn: &mut Conn, owner: AccountId) -> QueryResult<Option<Timestamp>> {
    let last: Option<At> = on!(conn, |c| {
        assistant_messages::table
            .filter(assistant_messages::owner_id.eq(owner.get()))
            // Not bound: a bound value would keep the partial index from being used.
            .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("screen = 'danger'"))
            .order(assistant_messages::sent_at.desc())
            .select(assistant_messages::sent_at)
            .first(c)
            .optional()
    })?;
    Ok(last.map(Into::into))
}

fn turns(conn: &mut Conn, data_keys: &DataKeys, owner: AccountId, now: Timestamp) -> QueryResult<Vec<Turn>> {
    let rows: Vec<TurnRow> = on!(conn, |c| {
        assistant_messages::table
            .inner_join(assistant_sessions::table)
            .filter(assistant_sessions::owner_id.eq(owner.get()))
            .filter(assistant_sessions::ended_at.is_null())
            .filter(assistant_sessions::last_at.ge(At::from(now - SILENCE)))
            .filter(assistant_messages::is_context)
            .order(assistant_messages::id.desc())
            .limit(TURNS_MAX)
            .select(TurnRow::as_select())
            .load(c)
    })?;
    let mut reader = Reader::of(data_keys);
    let open = |row: TurnRow| Ok((row.sender.0, reader.row(owner.get(), row.id)?.open(row.message)?));
    let opened = rows.into_iter().rev().map(open).collect::<QueryResult<Vec<_>>>()?;
    Ok(with_texts(opened, |opened, texts| {
        let turn = |(sender, text)| {
            let speaker = if sender == Sender::User { Speaker::User } else { Speaker::Assistant };
            Turn { speaker, text: texts.get(text).to_owned() }
        };
        opened.into_iter().map(turn).collect()
    }))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = assistant_messages)]
struct TurnRow {
    id: i64,
    sender: Word<Sender>,
    message: Sealed<assistant_messages::message>,
}
