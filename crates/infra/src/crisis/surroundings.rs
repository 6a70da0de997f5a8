//! Where somebody lives, and the people whom they have named.
use super::{contacts, therapists::TherapistRow};
use crate::{
    crypto::{DataKeys, Reader, Sealed},
    store::{
        Conn, on,
        schema::{accounts, crisis_profiles, therapists},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{Contact, Therapist},
    shared::AccountId,
};

pub(crate) struct Surroundings {
    /// Blank if it is not known.
    pub(crate) location: String,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) therapist: Option<Therapist>,
}

impl Surroundings {
    /// A step of somebody's reading. What cannot be opened any more is left out; it was logged and counted where it did not open.
    pub(crate) fn of(conn: &mut Conn, data_keys: &DataKeys, owner: AccountId) -> QueryResult<Self> {
        let row: Option<(Option<Sealed<crisis_profiles::location>>, Option<TherapistRow>)> =
            on!(conn, |c| {
                accounts::table
                    .left_join(crisis_profiles::table)
                    .left_join(therapists::table)
                    .filter(accounts::id.eq(owner.get()))
                    .select((crisis_profiles::location.nullable(), Option::<TherapistRow>::as_select()))
                    .get_result(c)
                    .optional()
            })?;
        let (location, therapist) = row.unwrap_or_default();
        let mut reader = Reader::of(data_keys);
        let therapist = therapist.and_then(|therapist| therapist.open(&mut reader).ok());
        let location = match location {
            Some(location) => reader.row(owner.get(), owner.get())?.open(location).ok(),
            None => None,
        };
        let (location, therapist) = with_texts((location, therapist), |(location, therapist), texts| {
            let location = location.map_or_else(String::new, |location| texts.get(location).to_owned());
            (location, therapist.map(|therapist| therapist.read(texts)))
        });
        let contacts = contacts::all_readable(conn, owner, Reader::of(data_keys))?;
        Ok(Self { location, contacts, therapist })
    }
}
