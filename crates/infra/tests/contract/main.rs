//! Every promise that a port makes ("MUST"), shown on each adapter: repositories on SQLite and PostgreSQL, caches in
//! memory and over Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]

#[macro_use]
mod support;
mod people;
mod sql;

mod audit;
mod care;
mod care_entries;
mod care_races;
mod diary;
mod gate;
mod identity;
mod migrate;
mod notes;
mod notifications;
mod profile;
mod sessions;
mod store;
mod unread;
mod unread_race;
mod unread_stand_ins;
