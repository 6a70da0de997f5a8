//! The only crate that knows every other one.
mod cause;
pub mod commands;
pub mod config;
pub mod house;
pub mod logging;
pub mod server;
mod worker;
