//! The real application, asked over a real connection, on both databases.
//!
//! One file for each thing that clients do; the crate `testing` explains the harness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]
#![allow(unreachable_pub, reason = "the harness speaks to its own modules only")]
mod binary;

mod admission;
mod audit_log;
mod authorisation;
mod care;
mod chat;
mod commands;
mod diary;
mod document;
mod encryption_keys;
mod entries;
mod every_route;
mod forgetting;
mod hooks;
mod hostile;
mod idempotency;
mod identity;
mod letters;
mod made_up;
mod mail_settings;
mod nodes;
mod notifications;
mod operations;
mod outage;
mod overload;
mod password_reset;
mod policy;
mod ptsd;
mod slow_clients;
mod sockets;
mod support;
mod wire;
