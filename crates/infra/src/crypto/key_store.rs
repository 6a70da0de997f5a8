//! Where wrapped data keys are stored: a database of their own, so that no backup of the data holds them.
use super::key_ring::{KeyRing, Wrapped};
use crate::{
    bus::InProcessBus,
    store::{Location, Store, TxError, existing_keys, migrate_keys, on},
};
use diesel::{
    dsl::{count_star, min},
    prelude::*,
    upsert::excluded,
};
use domain::shared::StoreError;
use std::{collections::BTreeMap, sync::Arc};

diesel::table! {
    data_keys (person_id, number) {
        person_id -> BigInt,
        number -> Integer,
        ring_key -> Text,
        wrapped -> Binary,
    }
}
diesel::table! {
    installation (id) {
        id -> Integer,
        name -> Text,
    }
}
diesel::table! {
    sealing (column_name) {
        column_name -> Text,
        row_a -> BigInt,
        row_b -> BigInt,
        done -> Bool,
    }
}

/// How far one column is sealed.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Progress {
    /// The row done last.
    pub row_a: i64,
    pub row_b: i64,
    pub done: bool,
}

/// Connections: keys are cached, so that few are wanted at once.
const CONNECTIONS: u32 = 2;

#[derive(Debug, thiserror::Error)]
pub enum CannotOpenKeys {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} holds the keys of another database: point KEYS_DATABASE_URL to this one's")]
    Foreign(Location),
    #[error(
        "the keys of this database are missing in {0}: restore their backup; without them sealed texts cannot be read"
    )]
    Missing(Location),
    #[error(
        "the keys of people in {0} are encrypted with {1}, which ENCRYPTION_KEYS lacks: add that key behind the others"
    )]
    RingKeyMissing(Location, String),
}

pub struct KeyStore(Store);

impl KeyStore {
    /// Makes it or brings it up to date. `any_sealed`: whether the data has texts that were sealed with its keys.
    ///
    /// # Errors
    /// [`CannotOpenKeys`].
    pub fn open(
        location: &Location,
        installation: &str,
        any_sealed: bool,
        ring: &KeyRing,
    ) -> Result<Self, CannotOpenKeys> {
        // Its backup will be put here: no other file may be in its place.
        if any_sealed && location.sqlite_file().is_some_and(|file| !file.exists()) {
            return Err(CannotOpenKeys::Missing(location.clone()));
        }
        migrate_keys(location)?;
        let store = Self::connect(location)?;
        if store.installation()?.is_none() {
            if any_sealed {
                return Err(CannotOpenKeys::Missing(location.clone()));
            }
            store.belong_to(installation)?;
        }
        store.check(location, installation, ring)
    }

    /// One that is there and up to date, and no other.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when there is none.
    pub fn open_existing(
        location: &Location,
        installation: &str,
        ring: &KeyRing,
    ) -> Result<Self, CannotOpenKeys> {
        existing_keys(location)?;
        let store = Self::connect(location)?;
        store.check(location, installation, ring)
    }

    fn connect(location: &Location) -> Result<Self, StoreError> {
        Store::open_keys(location, CONNECTIONS, Arc::new(InProcessBus::alone())).map(Self)
    }

    fn check(self, location: &Location, installation: &str, ring: &KeyRing) -> Result<Self, CannotOpenKeys> {
        match self.installation()? {
            Some(name) if name == installation => {}
            Some(_) => return Err(CannotOpenKeys::Foreign(location.clone())),
            None => return Err(CannotOpenKeys::Missing(location.clone())),
        }
        let in_use = self.ring_keys()?;
        match in_use.into_iter().find(|id| !ring.ids().any(|known| known == id)) {
            Some(id) => Err(CannotOpenKeys::RingKeyMissing(location.clone(), id)),
            None => Ok(self),
        }
    }

    fn installation(&self) -> Result<Option<String>, StoreError> {
        self.0.read(|conn| {
            on!(conn, |c| installation::table.select(installation::name).get_result(c).optional())
        })
    }

    fn belong_to(&self, name: &str) -> Result<(), StoreError> {
        self.0.write(|conn| {
            on!(conn, |c| diesel::insert_into(installation::table)
                .values((installation::id.eq(1), installation::name.eq(name)))
                .on_conflict_do_nothing()
                .execute(c))
            .map(drop)
            .map_err(TxError::Db)
        })
    }

    /// The ids of the ring's keys that wrap any data key: each found by the index, however many people there are.
    fn ring_keys(&self) -> Result<Vec<String>, StoreError> {
        self.0.read(|conn| {
            let (mut ids, mut last) = (vec![], String::new());
            loop {
                let next: Option<String> = on!(conn, |c| {
                    data_keys::table
                        .filter(data_keys::ring_key.gt(&last))
                        .select(min(data_keys::ring_key))
                        .get_result(c)
                })?;
                match next {
                    None => return Ok(ids),
                    Some(id) => {
                        last.clone_from(&id);
                        ids.push(id);
                    }
                }
            }
        })
    }

    /// How many data keys each key of the ring wraps.
    pub(super) fn wrapped_by(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.0.read(|conn| {
            on!(conn, |c| {
                data_keys::table
                    .group_by(data_keys::ring_key)
                    .select((data_keys::ring_key, count_star()))
                    .order(data_keys::ring_key)
                    .load(c)
            })
        })
    }

    /// All keys of these people.
    pub(super) fn of(&self, people: &[i64]) -> Result<Vec<Wrapped>, StoreError> {
        let columns = (data_keys::person_id, data_keys::number, data_keys::ring_key, data_keys::wrapped);
        let rows: Vec<(i64, i32, String, Vec<u8>)> = self.0.read(|conn| {
            on!(conn, |c| match people {
                // One text, prepared once.
                [person] => data_keys::table.filter(data_keys::person_id.eq(person)).select(columns).load(c),
                people =>
                    data_keys::table.filter(data_keys::person_id.eq_any(people)).select(columns).load(c),
            })
        })?;
        rows.into_iter()
            .map(|(person, number, ring_key, bytes)| {
                let number = number.try_into().map_err(StoreError::failed)?;
                Ok(Wrapped { person, number, ring_key, bytes })
            })
            .collect()
    }

    /// A key is never replaced: one whose person and number are there already is ignored.
    pub(super) fn add(&self, keys: &[Wrapped]) -> Result<(), StoreError> {
        self.0.write(|conn| {
            for key in keys {
                let row = (
                    data_keys::person_id.eq(key.person),
                    data_keys::number.eq(i32::from(key.number)),
                    data_keys::ring_key.eq(&key.ring_key),
                    data_keys::wrapped.eq(&key.bytes),
                );
                on!(conn, |c| {
                    diesel::insert_into(data_keys::table).values(row).on_conflict_do_nothing().execute(c)
                })?;
            }
            Ok(())
        })
    }

    pub(super) fn progress(&self) -> Result<BTreeMap<String, Progress>, StoreError> {
        let columns = (sealing::column_name, (sealing::row_a, sealing::row_b, sealing::done));
        let rows: Vec<(String, Progress)> =
            self.0.read(|conn| on!(conn, |c| sealing::table.select(columns).load(c)))?;
        Ok(rows.into_iter().collect())
    }

    pub(super) fn keep_progress(&self, of_columns: &[(&str, Progress)]) -> Result<(), StoreError> {
        self.0.write(|conn| {
            for (name, Progress { row_a, row_b, done }) in of_columns {
                let values = (
                    sealing::column_name.eq(name),
                    sealing::row_a.eq(row_a),
                    sealing::row_b.eq(row_b),
                    sealing::done.eq(done),
                );
                on!(conn, |c| {
                    diesel::insert_into(sealing::table)
                        .values(values)
                        .on_conflict(sealing::column_name)
                        .do_update()
                        .set((
                            sealing::row_a.eq(excluded(sealing::row_a)),
                            sealing::row_b.eq(excluded(sealing::row_b)),
                            sealing::done.eq(excluded(sealing::done)),
                        ))
                        .execute(c)
                })?;
            }
            Ok(())
        })
    }

    pub(super) fn forget_progress(&self) -> Result<(), StoreError> {
        self.0.write(|conn| {
            on!(conn, |c| diesel::delete(sealing::table).execute(c)).map(drop).map_err(TxError::Db)
        })
    }

    pub(super) fn ping(&self) -> Result<(), StoreError> {
        self.0.ping()
    }
}
