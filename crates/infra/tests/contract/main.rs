//! Every promise that a port makes ("MUST"), shown on each adapter: repositories on SQLite and PostgreSQL, the bus in
//! memory and over Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]

#[macro_use(on_both, rows)]
extern crate testing;

#[macro_use]
mod owned;
mod people;
mod plans;
mod support;
mod talk;

mod alarm_answers;
mod alarms;
mod assistant;
mod audit;
mod bounces;
mod bus;
mod bus_outage;
mod care;
mod care_entries;
mod care_races;
mod crisis;
mod crowd;
mod diary;
mod directory;
mod events;
mod gate;
mod identity;
mod mail_settings;
mod message_deletion;
mod message_names;
mod message_pages;
mod messages;
mod messages_races;
mod migrate;
mod notifications;
mod password_resets;
mod profile;
mod sealing;
mod session_cache;
mod session_cache_races;
mod sessions;
mod socket_sessions;
mod store;
mod support_inbox;
mod unread;
