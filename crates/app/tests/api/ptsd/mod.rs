//! The calls of the PTSD support app, table by table.
mod contacts;
mod identity;
mod music;
mod profile;
mod therapist;
