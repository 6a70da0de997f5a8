//! The only crate that knows every other one.
pub mod application;
pub mod cannot_open;
mod cause;
pub mod commands;
pub mod config;
pub mod dispatcher;
pub mod logging;
pub mod metrics;
pub mod reset_letters;
pub mod server;
mod signals;
pub mod wiring;
mod worker;
