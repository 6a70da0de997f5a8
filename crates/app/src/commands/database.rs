//! `carebase migrate` and `carebase seed`.
use super::{Done, Failure};
use crate::{config::Config, house::House};
use infra::{diary::seed_body_parts, store};
use std::error::Error;

pub(super) fn migrate(config: &Config) -> Done {
    let migrated = store::migrate(&config.database).map_err(|e| reason(&e))?;
    match migrated.applied.as_slice() {
        [] => println!("{}: the schema is up to date", config.database),
        applied => println!("{}: applied {}", config.database, applied.join(", ")),
    }
    Ok(())
}

pub(super) fn seed(config: &Config) -> Done {
    let house = House::open(config)?;
    let parts = seed_body_parts(&house.store).map_err(|e| reason(&e))?;
    println!("{}: {parts} body parts", config.database);
    Ok(())
}

/// The innermost cause: the one that says what to do.
pub(super) fn reason(error: &dyn Error) -> Failure {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Failure::new(cause)
}
