//! The harness of the integration tests: databases, the running application, requests and their expected answers.
//!
//! A test is a sentence and a closure. [`on_both!`] makes two tests of it, one for each database:
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
mod address;
mod application;
mod at_once;
mod backend;
mod case;
mod check;
mod clock;
mod database;
mod on_both;
mod painaway;
mod program;
mod redis_server;
mod said;
mod sql;
mod unique;

pub use crate::{
    address::free_address,
    application::{App, SECRET},
    at_once::{at_once, both_at_once},
    backend::Backend,
    case::{Case, case},
    clock::TestClock,
    database::{TestDb, postgres_url},
    on_both::{Fresh, block_on, run, run_async},
    painaway::{GUEST, Person, WRONG_ROLE, detail, error},
    program::Program,
    redis_server::RedisServer,
    said::Said,
    sql::Sql,
    unique::unique,
};
