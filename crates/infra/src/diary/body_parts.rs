//! The body map: reference data, embedded in the binary and kept in the database, where records point at it.
use crate::store::{Db, Store, on, schema::body_parts};
use diesel::{prelude::*, sql_query, upsert::excluded};
use domain::{
    diary::{BodyMap, BodyPart, BodyPartId},
    shared::StoreError,
};
use serde::Deserialize;

const SEED: &str = include_str!("../../../../seeds/body_parts.json");

/// Brings the table in line with the seed. Safe to run at any time, by several nodes at once. Returns how many parts
/// there are.
///
/// # Errors
/// [`StoreError`].
pub fn seed_body_parts(store: &Store) -> Result<usize, StoreError> {
    let parts: Vec<PartRow> = serde_json::from_str(SEED).map_err(StoreError::failed)?;
    if load(store)? == parts {
        return Ok(parts.len());
    }
    store.write::<_, StoreError>(|conn| {
        // ON CONFLICT looks at one unique index: two nodes that insert the same parts at once would break the others.
        if let Db::Postgres(c) = &mut conn.db {
            sql_query("lock table body_parts in share row exclusive mode").execute(&mut ***c)?;
        }
        for part in &parts {
            on!(conn, |c| {
                diesel::insert_into(body_parts::table)
                    .values(part)
                    .on_conflict(body_parts::id)
                    .do_update()
                    .set((
                        body_parts::name.eq(excluded(body_parts::name)),
                        body_parts::translation.eq(excluded(body_parts::translation)),
                    ))
                    .execute(c)
            })?;
        }
        Ok(parts.len())
    })
}

/// # Errors
/// [`StoreError`].
pub fn load_body_map(store: &Store) -> Result<BodyMap, StoreError> {
    Ok(BodyMap::new(load(store)?.into_iter().map(BodyPart::from).collect()))
}

fn load(store: &Store) -> Result<Vec<PartRow>, StoreError> {
    store.read(|conn| {
        on!(conn, |c| body_parts::table.order(body_parts::id).select(PartRow::as_select()).load(c))
    })
}

#[derive(Queryable, Selectable, Insertable, Deserialize, PartialEq)]
#[diesel(table_name = body_parts)]
struct PartRow {
    id: i64,
    name: String,
    translation: String,
}

impl From<PartRow> for BodyPart {
    fn from(row: PartRow) -> Self {
        Self { id: BodyPartId::new(row.id), name: row.name, translation: row.translation }
    }
}
