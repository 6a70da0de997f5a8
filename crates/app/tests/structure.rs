//! No two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
testing::no_circles!();
