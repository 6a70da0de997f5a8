//! The store is below every room, a room below those that stand on it, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

/// The domain's floors, and where the adapters without a room stand among them. A room names no higher one, neither here
/// nor in the domain.
const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["events"],
    &["bus", "clock", "store"],
    &["audit"],
    &["identity"],
    &["notifications", "owned"],
    &["care"],
    &["messaging"],
    &["diary"],
];

testing::layered!(&["crate", "domain"], LAYERS);
