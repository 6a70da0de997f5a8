//! The layers: a module may name only modules in lower layers. And no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["audit", "events", "screen"],
    &["identity"],
    &["notifications", "outbox", "owned"],
    &["care", "content", "registry", "clinic", "assistant", "mail_settings", "messaging", "password_reset"],
    &["diary", "crisis"],
];

testing::layered!(&["crate"], LAYERS);
