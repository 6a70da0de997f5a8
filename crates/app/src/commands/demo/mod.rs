//! `carebase demo`: an application full of people, until it is stopped.
mod banner;
mod clock;
mod replay;
mod story;

use super::{
    failure::{Done, Failure},
    serve::{self, Listeners},
};
use crate::{application::Application, config::Config, signals::Signals};
use clap::Args;
use clock::{Calendar, TravelClock};
use domain::{identity::AccountPolicy, shared::Clock};
use infra::{
    clock::SystemClock,
    identity::Cost,
    store::{Location, ServerLock},
};
use std::{path::Path, sync::Arc};
use story::Story;
use tempfile::TempDir;

#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) fn run(&self, config: &Config) -> Done {
        if !config.listen.ip().is_loopback() {
            return Err(Failure::new(
                "the demo's passwords are known to everybody: LISTEN on 127.0.0.1 for it",
            ));
        }
        let listeners = Listeners::bind(config)?;
        let folder = temporary().map_err(|e| Failure::new(format!("no folder for the demo: {e}")))?;
        let config = in_folder(config, folder.path());
        let lock = ServerLock::take(&config.database).map_err(|e| Failure::caused(&e))?;

        let metrics = listeners.metrics_recorder(&config)?;

        // In the server's own system, so that a signal is heard while the server is being filled, too.
        let served = actix_web::rt::System::new().block_on(async {
            let mut signals = Signals::listen();
            let application = tokio::select! {
                filled = filled(&config) => filled?,
                () = signals.next() => return Ok(()),
            };
            listeners.serve(application, metrics, signals).await
        });
        // Some systems remove no folder in which a file is open.
        drop(lock);
        served?;
        let place = folder.path().to_owned();
        folder.close().map_err(|e| Failure::new(format!("{} is still there: {e}", place.display())))
    }
}

/// The application, filled with people; prints who they are.
async fn filled(config: &Config) -> Result<Application, Failure> {
    let story = Story::read()?;
    let (application, clock, calendar) = empty_application(config, Cost::STANDARD)?;
    let made = replay::replay(&application, &clock, calendar, &story).await?;
    serve::announce(config);
    say!("{}", banner::told(config, &story, &made)?);
    Ok(application)
}

/// Closed to others, like every folder that an application keeps its data in.
fn temporary() -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix("carebase-demo-").tempdir()
}

/// The operator's other settings, on a database in this folder. The story registers people, with a password of its own.
fn in_folder(config: &Config, folder: &Path) -> Config {
    let mut config = Config { accounts: AccountPolicy::DEFAULT, rates: None, ..config.clone() };
    config.set_database(Location::Sqlite(folder.join("carebase.db")));
    config
}

/// An application that believes to be at the beginning of the story.
fn empty_application(
    config: &Config,
    cost: Cost,
) -> Result<(Application, Arc<TravelClock>, Calendar), Failure> {
    let calendar = Calendar::ending(SystemClock.now());
    let clock = Arc::new(TravelClock::standing_at(calendar.start()));
    Ok((Application::with(config, clock.clone(), cost)?, clock, calendar))
}

#[cfg(test)]
mod tests;
