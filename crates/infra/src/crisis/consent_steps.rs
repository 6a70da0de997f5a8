//! Consent of contacts: queries that other repositories need, too.
use crate::store::{
    At, Conn, on,
    schema::{contact_consents, refused_addresses},
};
use diesel::prelude::*;
use domain::{
    crisis::{ASKED_WITHIN, Address, Consent, ConsentRequest, address_hash},
    identity::{Nonce, TokenHash},
    outbox::Links,
    shared::{AccountId, Timestamp},
};
use std::collections::HashMap;

/// Writes into the addresses what is known of them, for this user.
pub(super) fn tell<'a>(
    conn: &mut Conn,
    links: &Links,
    owner: AccountId,
    addresses: impl Iterator<Item = &'a mut Address>,
) -> QueryResult<()> {
    let mut addresses: Vec<(String, &mut Address)> =
        addresses.map(|address| (address_hash(links, &address.email).0, address)).collect();
    if addresses.is_empty() {
        return Ok(());
    }
    let hashes: Vec<&str> = addresses.iter().map(|(hash, _)| hash.as_str()).collect();
    let known: Vec<(String, Option<At>, String)> = on!(conn, |c| {
        contact_consents::table
            .filter(contact_consents::owner_id.eq(owner.get()))
            .filter(contact_consents::address_hash.eq_any(&hashes))
            .select((contact_consents::address_hash, contact_consents::confirmed_at, contact_consents::nonce))
            .load(c)
    })?;
    let refused: Vec<String> = on!(conn, |c| {
        refused_addresses::table
            .filter(refused_addresses::address_hash.eq_any(&hashes))
            .select(refused_addresses::address_hash)
            .load(c)
    })?;
    let known: HashMap<String, (bool, String)> = known
        .into_iter()
        .map(|(hash, confirmed_at, nonce)| (hash, (confirmed_at.is_some(), nonce)))
        .collect();
    for (hash, address) in &mut addresses {
        let known = known.get(hash);
        address.consent = consent(known.is_some_and(|(confirmed, _)| *confirmed), refused.contains(hash));
        address.consent_nonce = known.map(|(_, nonce)| Nonce(nonce.clone()));
    }
    Ok(())
}

pub(super) fn consent(confirmed: bool, refused: bool) -> Consent {
    match (confirmed, refused) {
        // A refusal takes back what was confirmed before: this came after it, and is about this user alone.
        (true, _) => Consent::Confirmed,
        (false, true) => Consent::Refused,
        (false, false) => Consent::Unconfirmed,
    }
}

pub(super) fn is_refused(conn: &mut Conn, address: &TokenHash) -> QueryResult<bool> {
    let row = refused_addresses::table.find(&address.0);
    on!(conn, |c| diesel::select(diesel::dsl::exists(row)).get_result(c))
}

pub(super) fn asked_lately(conn: &mut Conn, request: &ConsentRequest) -> QueryResult<usize> {
    let count: i64 = on!(conn, |c| {
        contact_consents::table
            .filter(contact_consents::owner_id.eq(request.owner.get()))
            .filter(contact_consents::asked_at.gt(At::from(request.at - ASKED_WITHIN)))
            .count()
            .get_result(c)
    })?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Whom it concerns: nobody, if it was confirmed before. What the holder has said to others stands.
pub(super) fn confirm(conn: &mut Conn, owner: i64, address: &str, now: Timestamp) -> QueryResult<Vec<i64>> {
    let open =
        contact_consents::table.find((owner, address)).filter(contact_consents::confirmed_at.is_null());
    let set = contact_consents::confirmed_at.eq(At::from(now));
    let confirmed = on!(conn, |c| diesel::update(open).set(set).execute(c))?;
    Ok(if confirmed > 0 { vec![owner] } else { vec![] })
}

/// Everybody who has named the address; the second time those to whom the holder has agreed since.
pub(super) fn refuse(conn: &mut Conn, address: &str, now: Timestamp) -> QueryResult<Vec<i64>> {
    let row = (refused_addresses::address_hash.eq(address), refused_addresses::refused_at.eq(At::from(now)));
    let added = on!(conn, |c| {
        diesel::insert_into(refused_addresses::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    let changed: Vec<(i64, bool)> = on!(conn, |c| {
        contact_consents::table
            .filter(contact_consents::address_hash.eq(address))
            .select((contact_consents::owner_id, contact_consents::confirmed_at.is_not_null()))
            .load(c)
    })?;
    let of_address = contact_consents::table.filter(contact_consents::address_hash.eq(address));
    let set = contact_consents::confirmed_at.eq(None::<At>);
    on!(conn, |c| diesel::update(of_address).set(set).execute(c))?;
    Ok(changed.into_iter().filter(|(_, confirmed)| added > 0 || *confirmed).map(|(owner, _)| owner).collect())
}
