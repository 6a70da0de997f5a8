//! The columns of an account that other people may see. Never the password.
use crate::store::{Conn, Db, Store, Word, on, schema::accounts, stored_words};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    identity::{Person, Role, Roles, Sex, Username, ports::People},
    shared::{AccountId, StoreError},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(crate) struct PersonRow<S = String> {
    id: i64,
    username: S,
    email: S,
    first_name: S,
    father_name: S,
    last_name: S,
    sex: Option<Word<Sex>>,
    date_of_birth: Option<NaiveDate>,
    phone_number: S,
    is_doctor: bool,
    is_patient: bool,
    is_staff: bool,
}

impl PersonRow {
    pub(crate) const COLUMNS: Columns = (
        accounts::id,
        accounts::username,
        accounts::email,
        accounts::first_name,
        accounts::father_name,
        accounts::last_name,
        accounts::sex,
        accounts::date_of_birth,
        accounts::phone_number,
        accounts::is_doctor,
        accounts::is_patient,
        accounts::is_staff,
    );
}

/// For a join of one table with itself, where `as_select` does not reach.
pub(crate) type Columns = (
    accounts::id,
    accounts::username,
    accounts::email,
    accounts::first_name,
    accounts::father_name,
    accounts::last_name,
    accounts::sex,
    accounts::date_of_birth,
    accounts::phone_number,
    accounts::is_doctor,
    accounts::is_patient,
    accounts::is_staff,
);

stored_words!(Sex);

impl<S> From<PersonRow<S>> for Person<S> {
    fn from(row: PersonRow<S>) -> Self {
        Self {
            id: AccountId::new(row.id),
            username: row.username,
            email: row.email,
            first_name: row.first_name,
            father_name: row.father_name,
            last_name: row.last_name,
            sex: row.sex.map(|Word(sex)| sex),
            date_of_birth: row.date_of_birth,
            phone_number: row.phone_number,
            roles: Roles::NONE
                .with_if(Role::Doctor, row.is_doctor)
                .with_if(Role::Patient, row.is_patient)
                .with_if(Role::Staff, row.is_staff),
        }
    }
}

/// A step of somebody's transaction.
pub(crate) fn person(conn: &mut Conn, id: AccountId) -> QueryResult<PersonRow> {
    on!(conn, |c| accounts::table.find(id.get()).select(<PersonRow>::as_select()).get_result(c))
}

/// Whether the account is active and has this address still. On PostgreSQL its row is held to the end of the transaction: two nodes that
/// write letters to one account do so one after the other.
pub(crate) fn holds_address(conn: &mut Conn, id: AccountId, email_key: &str) -> QueryResult<bool> {
    let account = accounts::table
        .filter(accounts::id.eq(id.get()))
        .filter(accounts::email_key.eq(email_key))
        .filter(accounts::is_active)
        .select(accounts::id);
    let found: Option<i64> = match &mut conn.db {
        Db::Postgres(c) => account.for_update().get_result(&mut ***c).optional()?,
        Db::Sqlite(c) => account.get_result(&mut **c).optional()?,
    };
    Ok(found.is_some())
}

pub struct DieselPeople(pub Store);

impl People for DieselPeople {
    fn named(&self, username: &Username) -> Result<Option<Person>, StoreError> {
        let row: Option<PersonRow> = self.0.read(|conn| {
            on!(conn, |c| {
                accounts::table
                    .filter(accounts::username.eq(username.as_str()))
                    .filter(accounts::is_active)
                    .select(<PersonRow>::as_select())
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(Person::from))
    }
}
