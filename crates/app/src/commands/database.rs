//! `carebase migrate` and `carebase seed`.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use clap::Args;
use domain::shared::StoreError;
use indicatif::ProgressBar;
use infra::{
    crypto::{Sealing, SealingState},
    store::{self, ServerLock},
};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// The data are a backup of a version that sealed no text: take its texts for genuine, and seal them.
    #[arg(long)]
    from_unsealed_backup: bool,
}

impl Migrate {
    pub(super) fn run(&self, config: &Config) -> Done {
        config.database.prepare().map_err(|e| Failure::new(format!("{}: {e}", config.database)))?;
        // A server of an older version would write meanwhile what is then taken for sealed.
        let changes = self.from_unsealed_backup || store::existing(&config.database).is_err();
        let lock = changes.then(|| ServerLock::take(&config.database));
        let _lock = lock.transpose().map_err(|e| Failure::caused(&e))?;
        let migrated = store::migrate(&config.database).map_err(|e| Failure::caused(&e))?;
        let sealing = Application::open(config)?.sealing;
        match migrated.applied.as_slice() {
            [] => say!("{}: the schema is up to date", config.database),
            applied => say!("{}: applied {}", config.database, applied.join(", ")),
        }
        if self.from_unsealed_backup {
            sealing.begin_anew().map_err(|e| Failure::caused(&e))?;
        }
        let sealed = seal_stored(&sealing).map_err(|e| Failure::caused(&e))?;
        if sealed > 0 {
            say!("{}: sealed {sealed} text(s) of an older version", config.database);
        }
        Ok(())
    }
}

/// Without pauses: nobody is served by this SQLite file meanwhile.
fn seal_stored(sealing: &Sealing) -> Result<usize, StoreError> {
    let waiting = |(_, state): &(_, SealingState)| match state {
        SealingState::Sealed => 0,
        SealingState::Waiting { sealed, last } => last.abs_diff(*sealed),
    };
    let bar = ProgressBar::new(sealing.state()?.columns.iter().map(waiting).sum());
    let done = sealing.run(|batch| {
        bar.inc(batch.advanced);
        true
    });
    bar.finish_and_clear();
    done
}

/// Opening the application loads it.
pub(super) fn seed(config: &Config) -> Done {
    let application = Application::open_existing(config)?;
    let setup = &application.crisis.setup;
    say!(
        "{}: {} body parts, {} alarm scenarios, {} tracks",
        config.database,
        application.diary.body.parts().len(),
        setup.scenarios.len(),
        setup.tracks.len()
    );
    Ok(())
}
