//! Alarm scenarios and tracks: reference data, embedded in the binary and kept in the database, where an operator may change it.
use crate::store::{
    Store, on,
    schema::{alarm_scenarios, music_tracks},
};
use diesel::prelude::*;
use domain::{
    crisis::{CrisisSetup, Scenario, ScenarioId, Track, TrackId},
    shared::StoreError,
};
use serde::Deserialize;

const SCENARIOS: &str = include_str!("../../../../seeds/alarm_scenarios.json");
const TRACKS: &str = include_str!("../../../../seeds/music_tracks.json");

/// Adds what is missing, and reads all of it. Safe to run at any time, by several nodes at once.
///
/// # Errors
/// [`StoreError`].
pub fn load_setup(store: &Store) -> Result<CrisisSetup, StoreError> {
    let scenarios: Vec<ScenarioRow> = serde_json::from_str(SCENARIOS).map_err(StoreError::failed)?;
    let tracks: Vec<TrackRow> = serde_json::from_str(TRACKS).map_err(StoreError::failed)?;
    let known = load(store)?;
    let has_all = scenarios.iter().all(|row| known.scenario(ScenarioId::new(row.id)).is_some())
        && tracks.iter().all(|row| known.track(TrackId::new(row.id)).is_some());
    if has_all {
        return Ok(known);
    }
    store.write::<_, StoreError>(|conn| {
        for row in &scenarios {
            on!(conn, |c| {
                diesel::insert_into(alarm_scenarios::table).values(row).on_conflict_do_nothing().execute(c)
            })?;
        }
        for row in &tracks {
            on!(conn, |c| {
                diesel::insert_into(music_tracks::table).values(row).on_conflict_do_nothing().execute(c)
            })?;
        }
        Ok(())
    })?;
    load(store)
}

fn load(store: &Store) -> Result<CrisisSetup, StoreError> {
    let (scenarios, tracks): (Vec<ScenarioRow>, Vec<TrackRow>) = store.read(|conn| {
        on!(conn, |c| {
            Ok((
                alarm_scenarios::table.order(alarm_scenarios::id).select(ScenarioRow::as_select()).load(c)?,
                music_tracks::table.order(music_tracks::id).select(TrackRow::as_select()).load(c)?,
            ))
        })
    })?;
    Ok(CrisisSetup {
        scenarios: scenarios.into_iter().map(Scenario::from).collect(),
        tracks: tracks.into_iter().map(Track::from).collect(),
    })
}

#[derive(Queryable, Selectable, Insertable, Deserialize)]
#[diesel(table_name = alarm_scenarios)]
struct ScenarioRow {
    id: i64,
    name: String,
    play_music: bool,
    notify_contact: bool,
    notify_therapist: bool,
}

impl From<ScenarioRow> for Scenario {
    fn from(row: ScenarioRow) -> Self {
        Self {
            id: ScenarioId::new(row.id),
            name: row.name,
            play_music: row.play_music,
            notify_contact: row.notify_contact,
            notify_therapist: row.notify_therapist,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, Deserialize)]
#[diesel(table_name = music_tracks)]
struct TrackRow {
    id: i64,
    name: String,
    url: String,
}

impl From<TrackRow> for Track {
    fn from(row: TrackRow) -> Self {
        Self { id: TrackId::new(row.id), name: row.name, url: row.url }
    }
}
