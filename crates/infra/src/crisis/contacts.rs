//! Emergency contacts.
use crate::{
    crypto::{Reader, Sealed},
    owned::{AfterInsert, OwnedTable, owned_table},
    store::{At, Conn, Lent, TxError, on, schema::emergency_contacts},
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
