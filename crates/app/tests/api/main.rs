//! The real application, asked over a real connection, on both databases.
//!
//! One file for each thing that clients do; `helpers.rs` teaches the harness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]
mod helpers;

mod care;
mod diary;
mod entries;
mod hostile;
mod identity;
mod notes;
mod notifications;
mod wire;
