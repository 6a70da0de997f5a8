//! The harness of the integration tests: databases, the running application, requests and their expected answers.
//!
//! A test is a sentence and a closure. `on_both!` makes two tests of it, one for each database:
//!
//! ```ignore
//! on_both!(a_stranger_sees_nothing, async |app: App| {
//!     let sarah = app.patient("sarah").await;
//!     app.check([
//!         case("a guest").get("/api/diary/stats/").answers(401, detail(GUEST)),
//!         case("sarah").by(&sarah).get("/api/diary/stats/").answers(200, json!([])),
//!     ])
//!     .await;
//! });
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]
#[cfg(feature = "harness")]
mod harness;
pub mod structure;

#[cfg(feature = "harness")]
pub use harness::*;
