//! `carebase migrate` and `carebase seed`.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use infra::store;

pub(super) fn migrate(config: &Config) -> Done {
    let migrated = store::migrate(&config.database).map_err(|e| Failure::caused(&e))?;
    Application::open(config)?;
    match migrated.applied.as_slice() {
        [] => say!("{}: the schema is up to date", config.database),
        applied => say!("{}: applied {}", config.database, applied.join(", ")),
    }
    Ok(())
}

/// Opening the application loads it.
pub(super) fn seed(config: &Config) -> Done {
    let application = Application::open_existing(config)?;
    say!("{}: {} body parts", config.database, application.diary.body.parts().len());
    Ok(())
}
