//! The layers: the store is below every module, and a module names only lower ones. And no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

/// The domain's layers, and where the adapters that belong to no module stand among them. A module names no higher one,
/// neither here nor in the domain.
const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["events", "screen"],
    &["bus", "clock", "http_client", "store"],
    &["audit", "crypto", "idempotency"],
    &["identity"],
    &["notifications", "outbox", "owned"],
    &["letters"],
    &["care", "mail", "mail_settings", "password_reset", "webhook"],
    &["messaging"],
    &["crisis", "diary"],
    // Asks whom somebody has named.
    &["assistant"],
];

testing::layered!(&["crate", "domain"], LAYERS);
