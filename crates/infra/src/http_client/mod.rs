//! Requests over HTTP to programs that the operator named in a setting.
mod cause;
mod client;
mod near;
mod url;

pub(crate) use cause::cause;
pub use client::CannotOpenHttpClient;
pub(crate) use client::open;
pub(crate) use near::is_near;
pub(crate) use url::{has_credentials, has_tls, is_loopback, parse};
