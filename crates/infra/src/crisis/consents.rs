//! The store of contacts' consent.
use super::{
    consent_steps::{asked_lately, confirm, consent, is_refused, refuse},
    contacts,
    letters::named,
    person::PersonRow,
    therapists,
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader},
    notifications,
    outbox::{self, Queue},
    store::{
        At, Conn, Store, on,
        schema::{
            accounts, contact_consents, emergency_contacts, refused_addresses, therapists as therapist_rows,
        },
    },
};
use diesel::prelude::*;
use domain::{
    audit::{AuditAction, AuditEntry},
    crisis::{
        ASKED_MAX, Consent, ConsentAnswer, ConsentLetter, ConsentPage, ConsentRequest, MaybeEmail,
        NewAddress, RecipientRole, address_hash, ports::ConsentRepository,
    },
    identity::{Email, TokenHash},
    notifications::Notice,
    outbox::{Links, Message},
    shared::{AccountId, StoreError, Timestamp},
};

pub struct DieselConsentRepository {
    pub store: Store,
    pub data_keys: DataKeys,
    pub links: Links,
    /// In the names of letters: whose they are.
    pub mail_host: String,
}

impl ConsentRepository for DieselConsentRepository {
    fn new_addresses(&self, owner: Option<AccountId>, limit: usize) -> Result<Vec<NewAddress>, StoreError> {
        self.store.read(|conn| {
            let owners = unchecked_owners(conn, owner, limit)?;
            let mut found = vec![];
            for owner in owners {
                // Somebody whose texts cannot be read holds up nobody else.
                found.extend(self.unchecked(conn, owner).unwrap_or_default());
            }
            found.truncate(limit);
            Ok(found)
        })
    }

    fn ask(&self, request: &ConsentRequest) -> Result<bool, StoreError> {
        let keys = self.data_keys.of(request.owner)?;
        self.store.write(|conn| {
            if !checked(conn, request)? {
                return Ok(false);
            }
            match &request.asked {
                Some(letter) => Ok(self.ask_holder(conn, &keys, request, letter)?),
                None => Ok(false),
            }
        })
    }

    fn page(&self, link: &TokenHash) -> Result<Option<ConsentPage>, StoreError> {
        type Row = (PersonRow, Option<At>, Option<String>);
        self.store.read(|conn| {
            let row: Option<Row> = on!(conn, |c| {
                contact_consents::table
                    .inner_join(accounts::table)
                    .left_join(
                        refused_addresses::table
                            .on(refused_addresses::address_hash.eq(contact_consents::address_hash)),
                    )
                    .filter(contact_consents::link_hash.eq(&link.0))
                    .select((
                        PersonRow::as_select(),
                        contact_consents::confirmed_at,
                        refused_addresses::address_hash.nullable(),
                    ))
                    .get_result(c)
                    .optional()
            })?;
            Ok(row.map(|(person, confirmed_at, refused)| ConsentPage {
                who: named(&person.full_name(), &person.username),
                consent: consent(confirmed_at.is_some(), refused.is_some()),
            }))
        })
    }

    fn answer(&self, link: &TokenHash, answer: ConsentAnswer, now: Timestamp) -> Result<(), StoreError> {
        self.store.write(|conn| {
            let found: Option<(i64, String)> = on!(conn, |c| {
                contact_consents::table
                    .filter(contact_consents::link_hash.eq(&link.0))
                    .select((contact_consents::owner_id, contact_consents::address_hash))
                    .get_result(c)
                    .optional()
            })?;
            let Some((owner, address)) = found else { return Ok(()) };
            let concerned = match answer {
                ConsentAnswer::Confirm => confirm(conn, owner, &address, now)?,
                ConsentAnswer::Refuse => refuse(conn, &address, now)?,
            };
            for owner in concerned {
                self.tell(conn, AccountId::new(owner), &address, answer, now)?;
            }
            Ok(())
        })
    }

    fn of_owner(&self, owner: AccountId) -> Result<Vec<(TokenHash, Consent)>, StoreError> {
        type Row = (String, Option<At>, Option<String>);
        let rows: Vec<Row> = self.store.read(|conn| {
            on!(conn, |c| {
                contact_consents::table
                    .left_join(
                        refused_addresses::table
                            .on(refused_addresses::address_hash.eq(contact_consents::address_hash)),
                    )
                    .filter(contact_consents::owner_id.eq(owner.get()))
                    .select((
                        contact_consents::address_hash,
                        contact_consents::confirmed_at,
                        refused_addresses::address_hash.nullable(),
                    ))
                    .load(c)
            })
        })?;
        let known = rows.into_iter().map(|(hash, confirmed_at, refused)| {
            (TokenHash(hash), consent(confirmed_at.is_some(), refused.is_some()))
        });
        Ok(known.collect())
    }
}

/// Whose contacts or therapist were named since they were looked at.
fn unchecked_owners(conn: &mut Conn, owner: Option<AccountId>, limit: usize) -> QueryResult<Vec<AccountId>> {
    if let Some(owner) = owner {
        return Ok(vec![owner]);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut owners: Vec<i64> = on!(conn, |c| {
        emergency_contacts::table
            .filter(
                emergency_contacts::checked_at
                    .is_null()
                    .or(emergency_contacts::checked_at.lt(emergency_contacts::modified_at.nullable())),
            )
            .select(emergency_contacts::owner_id)
            .limit(limit)
            .load(c)
    })?;
    let of_therapists: Vec<i64> = on!(conn, |c| {
        therapist_rows::table
            .filter(
                therapist_rows::checked_at
                    .is_null()
                    .or(therapist_rows::checked_at.lt(therapist_rows::modified_at.nullable())),
            )
            .select(therapist_rows::owner_id)
            .limit(limit)
            .load(c)
    })?;
    owners.extend(of_therapists);
    owners.sort_unstable();
    owners.dedup();
    Ok(owners.into_iter().map(AccountId::new).collect())
}

/// Marks it as looked at. `false`: it is by now, or was changed or deleted since.
fn checked(conn: &mut Conn, request: &ConsentRequest) -> QueryResult<bool> {
    let seen = At::from(request.modified_at);
    let changed = match request.role {
        RecipientRole::Contact(id) => on!(conn, |c| {
            diesel::update(
                emergency_contacts::table
                    .find(id.get())
                    .filter(emergency_contacts::modified_at.eq(seen))
                    .filter(
                        emergency_contacts::checked_at.is_null().or(emergency_contacts::checked_at.lt(seen)),
                    ),
            )
            .set(emergency_contacts::checked_at.eq(seen))
            .execute(c)
        })?,
        RecipientRole::Therapist => on!(conn, |c| {
            diesel::update(
                therapist_rows::table
                    .find(request.owner.get())
                    .filter(therapist_rows::modified_at.eq(seen))
                    .filter(therapist_rows::checked_at.is_null().or(therapist_rows::checked_at.lt(seen))),
            )
            .set(therapist_rows::checked_at.eq(seen))
            .execute(c)
        })?,
    };
    Ok(changed > 0)
}

impl DieselConsentRepository {
    fn unchecked(&self, conn: &mut Conn, owner: AccountId) -> QueryResult<Vec<NewAddress>> {
        let person: Option<PersonRow> = on!(conn, |c| {
            accounts::table.find(owner.get()).select(PersonRow::as_select()).get_result(c).optional()
        })?;
        let Some(person) = person else { return Ok(vec![]) };
        let who = named(&person.full_name(), &person.username);
        let named = contacts::unchecked(conn, owner, Reader::of(&self.data_keys))?;
        let therapist = therapists::unchecked(conn, owner, Reader::of(&self.data_keys))?;
        let contacts = named.into_iter().map(|contact| NewAddress {
            owner,
            who: who.clone(),
            role: RecipientRole::Contact(contact.id),
            name: contact.name,
            email: email(&contact.email),
            modified_at: contact.modified_at,
        });
        let therapist = therapist.into_iter().map(|(therapist, modified_at)| NewAddress {
            owner,
            who: who.clone(),
            role: RecipientRole::Therapist,
            email: email(&therapist.email),
            name: therapist.name,
            modified_at,
        });
        Ok(contacts.chain(therapist).collect())
    }

    /// Whether a letter was stored.
    fn ask_holder(
        &self,
        conn: &mut Conn,
        keys: &PersonKeys,
        request: &ConsentRequest,
        asked: &ConsentLetter,
    ) -> QueryResult<bool> {
        let may_ask = !is_refused(conn, &asked.address)? && asked_lately(conn, request)? < ASKED_MAX;
        let row = (
            contact_consents::owner_id.eq(request.owner.get()),
            contact_consents::address_hash.eq(&asked.address.0),
            contact_consents::asked_at.eq(may_ask.then(|| At::from(request.at))),
            contact_consents::nonce.eq(&asked.link.nonce.0),
            contact_consents::link_hash.eq(&asked.link.hash.0),
            contact_consents::created_at.eq(At::from(request.at)),
        );
        let added = on!(conn, |c| {
            diesel::insert_into(contact_consents::table).values(row).on_conflict_do_nothing().execute(c)
        })?;
        if added == 0 || !may_ask {
            return Ok(false);
        }
        let letter = Message::Letter(asked.letter.clone());
        outbox::add(conn, Queue::LETTERS, keys, &self.mail_host, &letter, 0, request.at)?;
        Ok(true)
    }

    /// A notice that names the contact as this user does, and an audit entry.
    fn tell(
        &self,
        conn: &mut Conn,
        owner: AccountId,
        address: &str,
        answer: ConsentAnswer,
        now: Timestamp,
    ) -> QueryResult<()> {
        let contacts = contacts::all_readable(conn, owner, Reader::of(&self.data_keys))?;
        let contacts = contacts.into_iter().map(|contact| (contact.name, contact.email));
        let therapist = therapists::find(conn, owner, Reader::of(&self.data_keys))?;
        let therapist = therapist.map(|therapist| (therapist.name, therapist.email));
        let holds =
            |text: &str| email(text).is_some_and(|email| address_hash(&self.links, &email).0 == address);
        let holder = contacts.chain(therapist).find(|(_, text)| holds(text));
        let action = match answer {
            ConsentAnswer::Confirm => AuditAction::ContactConfirmed,
            ConsentAnswer::Refuse => AuditAction::ContactRefused,
        };
        audit::add(conn, &AuditEntry { actor: None, ..AuditEntry::own(owner, action, now) })?;
        // Nobody of theirs has this address any more.
        let Some((name, _)) = holder else { return Ok(()) };
        let notice = match answer {
            ConsentAnswer::Confirm => Notice::ContactConfirmed { name },
            ConsentAnswer::Refuse => Notice::ContactRefused { name },
        };
        notifications::add(conn, &notice.to(owner), now)
    }
}

fn email(text: &str) -> Option<Email> {
    MaybeEmail::parse(text).ok()?.get().cloned()
}
