//! Why the application does not start: each in one line that says what to do.
use crate::{cause::root, config::BadConfig};
use domain::{identity::IdentityError, shared::StoreError};
use infra::{crypto::CannotOpenKeys, http_client::CannotOpenHttpClient, mail::CannotOpenMail};
use std::io;

#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    #[error(transparent)]
    Config(#[from] BadConfig),
    #[error("the database cannot be used: {}", root(.0))]
    Store(#[from] StoreError),
    #[error("the keys of sealed texts cannot be used: {}", root(.0))]
    Keys(#[from] CannotOpenKeys),
    #[error("passwords cannot be hashed: {0}")]
    Hashing(#[from] IdentityError),
    #[error("the secret cannot be used: {0}")]
    Secret(String),
    #[error("no thread can be started: {0}")]
    Threads(#[from] io::Error),
    #[error("the body map cannot be written: {0}")]
    BodyMap(#[from] sonic_rs::Error),
    #[error(transparent)]
    Mail(#[from] CannotOpenMail),
    #[error(transparent)]
    Http(#[from] CannotOpenHttpClient),
}
