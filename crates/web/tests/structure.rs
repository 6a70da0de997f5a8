//! The shared layers name no family, no family names another, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

/// Two in one layer may not name each other: so the families.
const LAYERS: &[&[&str]] = &[
    &["metrics"],
    &["http"],
    &["live"],
    &["channels", "django", "health", "schema"],
    &["front"],
    &["painaway", "ptsd"],
    &["sockets"],
];

testing::layered!(&["crate"], LAYERS);
