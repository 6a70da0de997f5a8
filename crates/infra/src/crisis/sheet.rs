//! What is known of a user at the moment of an alarm.
use super::{
    alarm_messages::unconfirmed_since, consent_steps, contacts, person::PersonRow, therapists::TherapistRow,
};
use crate::{
    crypto::{DataKeys, Reader, Sealed},
    store::{
        Conn, on,
        schema::{accounts, crisis_profiles, therapists},
        with_texts,
    },
};
use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{
    crisis::{Address, AlarmSheet, Consent, MaybeEmail, Recipient, RecipientRole, ScenarioId, TrackId},
    identity::Email,
    outbox::Links,
    shared::{AccountId, Timestamp},
};

/// `None` without such an account. What cannot be read any more is left out: nothing of it is worth an alarm that is not raised.
pub(super) fn read(
    conn: &mut Conn,
    data_keys: &DataKeys,
    links: &Links,
    owner: AccountId,
    now: Timestamp,
) -> QueryResult<Option<(AlarmSheet, Option<ScenarioId>)>> {
    let row: Option<(PersonRow, Option<OnSheet>, Option<TherapistRow>)> = on!(conn, |c| {
        accounts::table
            .left_join(crisis_profiles::table)
            .left_join(therapists::table)
            .filter(accounts::id.eq(owner.get()))
            .select((
                PersonRow::as_select(),
                Option::<OnSheet>::as_select(),
                Option::<TherapistRow>::as_select(),
            ))
            .get_result(c)
            .optional()
    })?;
    let Some((person, profile, therapist)) = row else { return Ok(None) };
    let mut reader = Reader::of(data_keys);
    let told = profile.as_ref().is_some_and(|profile| profile.has_therapist_contact);
    let therapist = therapist.filter(|_| told).and_then(|therapist| therapist.open(&mut reader).ok());
    let row = reader.row(owner.get(), owner.get())?;
    let location = profile.as_ref().and_then(|profile| row.open(profile.location).ok());
    let (location, therapist) = with_texts((location, therapist), |(location, therapist), texts| {
        let location = location.map_or_else(String::new, |location| texts.get(location).to_owned());
        (location, therapist.map(|therapist| therapist.read(texts)))
    });
    let contacts = contacts::all_readable(conn, owner, Reader::of(data_keys))?;
    let contacts = contacts.into_iter().map(|contact| Recipient {
        role: RecipientRole::Contact(contact.id),
        address: address(&contact.email),
        name: contact.name,
        relationship: contact.relationship,
        phone: contact.phone,
    });
    let therapist = therapist.into_iter().map(|therapist| Recipient {
        role: RecipientRole::Therapist,
        address: address(&therapist.email),
        name: therapist.name,
        relationship: String::new(),
        phone: therapist.phone,
    });
    let mut recipients: Vec<_> = contacts.chain(therapist).collect();
    let addresses = recipients.iter_mut().filter_map(|recipient| recipient.address.as_mut());
    // Who cannot be looked up is told like somebody who has not agreed: an alarm does not wait for what people think of it.
    if let Err(e) = consent_steps::tell(conn, links, owner, addresses) {
        tracing::error!(owner = owner.get(), error = %e, "an alarm is raised without what its recipients have said");
    }
    let sheet = AlarmSheet {
        owner,
        full_name: person.full_name(),
        username: person.username,
        phone_number: person.phone_number,
        location,
        music: profile.as_ref().and_then(|profile| profile.music_id).map(TrackId::new),
        recipients,
        unconfirmed_sent: unconfirmed_since(conn, owner.get(), now - TimeDelta::hours(1))?,
    };
    Ok(Some((sheet, profile.and_then(|profile| profile.scenario_id).map(ScenarioId::new))))
}

fn address(email: &str) -> Option<Address> {
    let email: Email = MaybeEmail::parse(email).ok()?.get()?.clone();
    Some(Address { email, consent: Consent::Unconfirmed, consent_nonce: None })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crisis_profiles)]
struct OnSheet {
    location: Sealed<crisis_profiles::location>,
    music_id: Option<i64>,
    has_therapist_contact: bool,
    scenario_id: Option<i64>,
}
