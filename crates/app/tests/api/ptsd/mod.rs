//! The calls of the PTSD support app, table by table.
mod alarm;
mod contacts;
mod dispatcher;
mod identity;
mod music;
mod profile;
mod therapist;
