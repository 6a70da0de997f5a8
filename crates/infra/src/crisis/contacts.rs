//! Emergency contacts.
use crate::{
    crypto::{Reader, Sealed},
    owned::{AfterInsert, OwnedTable, owned_table},
    store::{At, Conn, Lent, Texts, TxError, on, schema::emergency_contacts, with_texts},
};
use diesel::prelude::*;
use domain::{
    crisis::{
        Contact, ContactCreated, ContactDraft, ContactId, ContactName, ContactPhone, CrisisError, MaybeEmail,
        Relationship,
    },
    shared::AccountId,
};

pub type DieselContactRepository = OwnedTable<ContactRow>;

owned_table! {
    emergency_contacts: ContactRow of Contact, drafted as ContactDraft, since created_at;
    plain {}
    sealed {
        name <- name: ContactName::as_str,
        relationship <- relationship: Relationship::as_str,
        phone <- phone: ContactPhone::as_str,
        email <- email: MaybeEmail::as_str,
    }
}

impl AfterInsert<CrisisError> for ContactCreated {
    fn after_insert(&self, conn: &mut Conn) -> Result<(), TxError<CrisisError>> {
        let of_owner = emergency_contacts::table
            .filter(emergency_contacts::owner_id.eq(self.as_ref().owner().get()))
            .count();
        let count: i64 = on!(conn, |c| of_owner.get_result(c))?;
        if usize::try_from(count).is_ok_and(|count| count <= Contact::MAX_PER_OWNER) {
            Ok(())
        } else {
            Err(TxError::Rule(CrisisError::TooManyContacts(Contact::MAX_PER_OWNER)))
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = emergency_contacts)]
pub struct ContactRow {
    id: i64,
    owner_id: i64,
    name: Sealed<emergency_contacts::name>,
    relationship: Sealed<emergency_contacts::relationship>,
    phone: Sealed<emergency_contacts::phone>,
    email: Sealed<emergency_contacts::email>,
    created_at: At,
    modified_at: At,
}

impl ContactRow {
    fn open(self, reader: &mut Reader<'_>) -> QueryResult<Contact<Lent>> {
        let row = reader.row(self.owner_id, self.id)?;
        Ok(Contact {
            id: ContactId::new(self.id),
            owner: AccountId::new(self.owner_id),
            name: row.open(self.name)?,
            relationship: row.open(self.relationship)?,
            phone: row.open(self.phone)?,
            email: row.open(self.email)?,
            created_at: self.created_at.into(),
            modified_at: self.modified_at.into(),
        })
    }
}

/// All of the owner's whose address was named since it was looked at.
pub(super) fn unchecked(conn: &mut Conn, owner: AccountId, reader: Reader<'_>) -> QueryResult<Vec<Contact>> {
    let rows = on!(conn, |c| {
        emergency_contacts::table
            .filter(emergency_contacts::owner_id.eq(owner.get()))
            .filter(
                emergency_contacts::checked_at
                    .is_null()
                    .or(emergency_contacts::checked_at.lt(emergency_contacts::modified_at.nullable())),
            )
            .order(emergency_contacts::id)
            .select(ContactRow::as_select())
            .load(c)
    })?;
    readable(rows, reader)
}

/// All of the owner's, for an alarm. What cannot be read any more is left out: a contact whose address is lost, and a text that is
/// blank then; it was logged and counted where it did not open.
pub(super) fn all_readable(
    conn: &mut Conn,
    owner: AccountId,
    reader: Reader<'_>,
) -> QueryResult<Vec<Contact>> {
    let rows = on!(conn, |c| {
        emergency_contacts::table
            .filter(emergency_contacts::owner_id.eq(owner.get()))
            .order(emergency_contacts::id)
            .select(ContactRow::as_select())
            .load(c)
    })?;
    readable(rows, reader)
}

fn readable(rows: Vec<ContactRow>, mut reader: Reader<'_>) -> QueryResult<Vec<Contact>> {
    let mut readable = vec![];
    for row in rows {
        let opened = reader.row(row.owner_id, row.id)?;
        let [name, relationship, phone, email] = [
            opened.open(row.name).ok(),
            opened.open(row.relationship).ok(),
            opened.open(row.phone).ok(),
            opened.open(row.email).ok(),
        ];
        if email.is_some() {
            let texts = Contact {
                id: ContactId::new(row.id),
                owner: AccountId::new(row.owner_id),
                name,
                relationship,
                phone,
                email,
                created_at: row.created_at.into(),
                modified_at: row.modified_at.into(),
            };
            readable.push(texts);
        }
    }
    let shown = |text: Option<Lent>, texts: &Texts| text.map_or("", |text| texts.get(text)).to_owned();
    Ok(with_texts(readable, |contacts, texts| {
        contacts.into_iter().map(|contact| contact.map_texts(|text| shown(text, texts))).collect()
    }))
}
