//! `carebase migrate` and `carebase seed`.
use super::{Done, Failure};
use crate::{config::Config, house::House};
use infra::{diary::seed_body_parts, store};

pub(super) fn migrate(config: &Config) -> Done {
    let migrated = store::migrate(&config.database).map_err(|e| Failure::caused(&e))?;
    match migrated.applied.as_slice() {
        [] => println!("{}: the schema is up to date", config.database),
        applied => println!("{}: applied {}", config.database, applied.join(", ")),
    }
    Ok(())
}

pub(super) fn seed(config: &Config) -> Done {
    let house = House::open(config)?;
    let parts = seed_body_parts(&house.store).map_err(|e| Failure::caused(&e))?;
    println!("{}: {parts} body parts", config.database);
    Ok(())
}
