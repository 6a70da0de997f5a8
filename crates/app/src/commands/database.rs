//! `carebase migrate` and `carebase seed`.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use domain::shared::StoreError;
use indicatif::ProgressBar;
use infra::{
    crypto::{Sealing, SealingState},
    store,
};

pub(super) fn migrate(config: &Config) -> Done {
    let migrated = store::migrate(&config.database).map_err(|e| Failure::caused(&e))?;
    let sealing = Application::open(config)?.sealing;
    match migrated.applied.as_slice() {
        [] => say!("{}: the schema is up to date", config.database),
        applied => say!("{}: applied {}", config.database, applied.join(", ")),
    }
    let sealed = seal_stored(&sealing).map_err(|e| Failure::caused(&e))?;
    if sealed > 0 {
        say!("{}: sealed {sealed} text(s) of an older version", config.database);
    }
    Ok(())
}

/// Without pauses: most likely nobody is served meanwhile.
fn seal_stored(sealing: &Sealing) -> Result<usize, StoreError> {
    let waiting = |(_, state): &(_, SealingState)| match state {
        SealingState::Sealed => 0,
        SealingState::Waiting(rows) => rows.unsigned_abs(),
    };
    let bar = ProgressBar::new(sealing.state()?.columns.iter().map(waiting).sum());
    let done = sealing.run(|batch| {
        bar.inc(u64::try_from(batch.rows).unwrap_or_default());
        true
    });
    bar.finish_and_clear();
    done
}

/// Opening the application loads it.
pub(super) fn seed(config: &Config) -> Done {
    let application = Application::open_existing(config)?;
    say!("{}: {} body parts", config.database, application.diary.body.parts().len());
    Ok(())
}
