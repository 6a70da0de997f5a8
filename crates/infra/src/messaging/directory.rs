//! Whom somebody talks to.
use crate::{
    identity::PersonRow,
    store::{
        Store, on,
        schema::{accounts, links},
    },
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    care::Status,
    messaging::{Peer, PeerRef, Relationship, ports::PeerDirectory},
    shared::{AccountId, StoreError},
};

pub struct DieselPeerDirectory(pub Store);

impl PeerDirectory for DieselPeerDirectory {
    fn find(&self, seen_by: AccountId, who: &PeerRef) -> Result<Option<Peer>, StoreError> {
        // Whatever is not asked for is looked for as what nobody has: the id 0, the blank name.
        let (id, name) = match who {
            PeerRef::Id(id) => (id.get(), ""),
            PeerRef::Named(name) => (0, name.as_str()),
            PeerRef::Nobody => return Ok(None),
        };
        let me = seen_by.get();
        let doctor = diesel::alias!(accounts as doctor);
        let linked = || {
            let as_patient = links::patient_id.eq(me).and(links::doctor_id.eq(accounts::id));
            let as_doctor = links::doctor_id.eq(me).and(links::patient_id.eq(accounts::id));
            // A link whose doctor is one no longer gives nobody a right.
            exists(
                links::table
                    .inner_join(doctor.on(doctor.field(accounts::id).eq(links::doctor_id)))
                    .filter(as_patient.or(as_doctor))
                    .filter(links::status.eq(Status::Accepted.as_str()))
                    .filter(doctor.field(accounts::is_doctor)),
            )
        };
        let row: Option<(PersonRow, bool, bool)> = self.0.read(|conn| {
            on!(conn, |c| {
                accounts::table
                    .filter(accounts::id.eq(id).or(accounts::username.eq(name)))
                    .select((<PersonRow>::as_select(), accounts::is_active, linked()))
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(|(person, active, linked)| {
            let relationship = if linked { Relationship::Linked } else { Relationship::Strangers };
            Peer { person: person.into(), active, relationship }
        }))
    }
}
