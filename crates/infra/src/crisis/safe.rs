//! The owner of an alarm is safe.
use super::{
    alarm_messages::{Kind, RecipientKey, Sender, cancel, key_of, lead_of},
    alarm_rows::role_of,
    consent_steps,
    letters::named,
    person::PersonRow,
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader, Sealed},
    outbox::read_stored,
    store::{
        At, Conn, TxError, Word, on,
        schema::{accounts, alarm_letters, alarms, outbox},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{Address, AlarmChanged, AlarmId, Alarmed, AlarmedPeople, Consent, CrisisError, SafeReport},
    events::Event,
    identity::Email,
    outbox::{Channel, DeliveryId, DeliveryState, Failure, Links, Message, WebhookBody},
    shared::AccountId,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = alarm_letters)]
struct AlarmedRow {
    delivery_id: i64,
    channel: Word<Channel>,
    contact_id: Option<i64>,
    name: Sealed<alarm_letters::name>,
    relationship: Sealed<alarm_letters::relationship>,
}

pub(super) fn alarmed(
    conn: &mut Conn,
    data_keys: &DataKeys,
    owner: AccountId,
    alarm: AlarmId,
) -> QueryResult<Option<AlarmedPeople>> {
    let Some(lead) = lead_of(conn, owner.get(), alarm.get())? else { return Ok(None) };
    let person: PersonRow =
        on!(conn, |c| { accounts::table.find(owner.get()).select(PersonRow::as_select()).get_result(c) })?;
    let ending = ending(conn, owner, lead)?;
    let rows: Vec<(AlarmedRow, Sealed<outbox::letter>)> = on!(conn, |c| {
        alarm_letters::table
            .inner_join(outbox::table)
            .filter(alarm_letters::alarm_id.eq_any(&ending))
            .filter(alarm_letters::kind.eq(Kind::Alarm.as_str()))
            .order(alarm_letters::delivery_id)
            .select((AlarmedRow::as_select(), outbox::letter))
            .load(c)
    })?;
    let mut reader = Reader::of(data_keys);
    let mut opened = vec![];
    for (row, message) in rows {
        let texts = reader.row(owner.get(), row.delivery_id)?;
        // Who cannot be read any more cannot be told.
        let [name, relationship, message] =
            [texts.open(row.name).ok(), texts.open(row.relationship).ok(), texts.open(message).ok()];
        opened.push((row.delivery_id, row.contact_id, row.channel.0, name, relationship, message));
    }
    let mut people: Vec<(RecipientKey, String, Alarmed)> = vec![];
    with_texts(opened, |opened, texts| {
        for (id, contact, channel, name, relationship, message) in opened {
            let (Some(name), Some(relationship), Some(message)) = (name, relationship, message) else {
                continue;
            };
            let Some(message) = read_stored(channel, texts.get(message)) else { continue };
            let (role, to, id) = (role_of(contact), destination(&message), DeliveryId::new(id));
            let key = key_of(role, channel);
            match people.iter_mut().find(|(known, place, _)| *known == key && *place == to) {
                Some((_, _, alarmed)) => alarmed.deliveries.push(id),
                None => {
                    let (name, relationship) =
                        (texts.get(name).to_owned(), texts.get(relationship).to_owned());
                    let deliveries = vec![id];
                    people.push((key, to, Alarmed { role, name, relationship, message, deliveries }));
                }
            }
        }
    });
    let who = named(&person.full_name(), &person.username);
    Ok(Some(AlarmedPeople { who, people: people.into_iter().map(|(.., alarmed)| alarmed).collect() }))
}

/// The address or the number. A contact may have had another one at the press than at its repeat.
fn destination(message: &Message) -> String {
    match message {
        Message::Letter(letter) => letter.to.key(),
        Message::Webhook(WebhookBody(json)) => {
            let body: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
            body["recipient"]["phone"].to_string()
        }
    }
}

/// The alarm, and those before it that are repeated still.
fn ending(conn: &mut Conn, owner: AccountId, lead: i64) -> QueryResult<Vec<i64>> {
    let earlier = alarms::id.lt(lead).and(alarms::repeat_at.is_not_null());
    on!(conn, |c| {
        alarms::table
            .filter(alarms::owner_id.eq(owner.get()))
            .filter(alarms::joined_to.is_null())
            .filter(alarms::safe_at.is_null())
            .filter(alarms::id.eq(lead).or(earlier))
            .order(alarms::id)
            .select(alarms::id)
            .load(c)
    })
}

pub(super) fn end(
    conn: &mut Conn,
    keys: &PersonKeys,
    links: &Links,
    mail_host: &str,
    report: &SafeReport,
) -> Result<(), TxError<CrisisError>> {
    let (owner, at) = (report.owner(), report.audit().at);
    let lead = lead_of(conn, owner.get(), report.alarm().get())?;
    let lead = lead.ok_or(TxError::Rule(CrisisError::AlarmUnknown))?;
    let ending = ending(conn, owner, lead)?;
    // Before their messages: who stores what became of one holds its alarm's row first, too.
    let ended: Vec<i64> = on!(conn, |c| {
        diesel::update(alarms::table.filter(alarms::id.eq_any(&ending)).filter(alarms::safe_at.is_null()))
            .set((alarms::safe_at.eq(At::from(at)), alarms::repeat_at.eq(None::<At>)))
            .returning(alarms::id)
            .get_results(c)
    })?;
    if !ended.contains(&lead) {
        return Ok(());
    }
    cancel(conn, &ended, 0, at)?;
    let sender = Sender { keys, mail_host, alarm: lead, at };
    tell(conn, &sender, links, &ended, report)?;
    audit::add(conn, report.audit())?;
    for alarm in ended {
        conn.publish_after_commit(Event::new(AlarmChanged(AlarmId::new(alarm))));
    }
    Ok(())
}

/// Everybody who has got a message of these alarms, or may have: one that is being sent, and one whose try failed after it was handed
/// over. But nobody who has refused meanwhile.
fn tell(
    conn: &mut Conn,
    sender: &Sender<'_>,
    links: &Links,
    ended: &[i64],
    report: &SafeReport,
) -> QueryResult<()> {
    let may_have = outbox::state
        .eq_any([DeliveryState::Accepted.as_str(), DeliveryState::Sending.as_str()])
        .or(outbox::attempts.gt(0).and(outbox::failure.eq(Failure::NotNeeded.as_str())));
    let told: Vec<(i64, bool)> = on!(conn, |c| {
        alarm_letters::table
            .inner_join(outbox::table)
            .filter(alarm_letters::alarm_id.eq_any(ended))
            .filter(alarm_letters::kind.eq(Kind::Alarm.as_str()))
            .filter(may_have)
            .select((alarm_letters::delivery_id, alarm_letters::unconfirmed))
            .load(c)
    })?;
    let refused = refused(conn, links, report)?;
    let mut stored: Vec<RecipientKey> = vec![];
    for message in report.messages() {
        let of_message = |(id, _): &&(i64, bool)| message.after.contains(&DeliveryId::new(*id));
        let Some((_, unconfirmed)) = told.iter().find(of_message) else { continue };
        if message.message.letter().is_some_and(|letter| refused.contains(&letter.to)) {
            continue;
        }
        let key = key_of(message.role, message.channel());
        // A contact whose address was changed has one for each.
        let round = stored.iter().filter(|known| **known == key).count();
        sender.store_safe(conn, message, *unconfirmed, u32::try_from(round).unwrap_or(u32::MAX))?;
        stored.push(key);
    }
    Ok(())
}

fn refused(conn: &mut Conn, links: &Links, report: &SafeReport) -> QueryResult<Vec<Email>> {
    let letters = report.messages().iter().filter_map(|message| message.message.letter());
    let mut addresses: Vec<Address> = letters
        .map(|letter| Address {
            email: letter.to.clone(),
            consent: Consent::Unconfirmed,
            consent_nonce: None,
        })
        .collect();
    consent_steps::tell(conn, links, report.owner(), addresses.iter_mut())?;
    let refuses = |address: &Address| address.consent == Consent::Refused;
    Ok(addresses.into_iter().filter(refuses).map(|address| address.email).collect())
}
