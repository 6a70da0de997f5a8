//! `carebase keys`: what texts are sealed with, and whether all of them are.
use super::failure::{Done, Failure};
use crate::{
    application::Application,
    config::{Config, ENCRYPTION_KEYS},
};
use infra::crypto::SealingState;

pub(super) fn show(config: &Config) -> Done {
    let application = Application::open_existing(config)?;
    let sealing = &application.sealing;
    let failed = |e| Failure::caused(&e);
    let wrapped = sealing.data_keys.wrapped_by().map_err(failed)?;
    let from = match ENCRYPTION_KEYS.beside(&config.database) {
        Some(file) if config.encryption_keys.is_none() => file.display().to_string(),
        _ => "the settings".into(),
    };
    say!("encryption keys, newest first, from {from}");
    for (n, (id, people)) in wrapped.iter().enumerate() {
        let age = if n == 0 { "newest" } else { "older" };
        say!("  {id}   {age:<8} wraps the data keys of {people} account(s)");
    }
    say!("data keys in {}", config.keys_database);
    let state = sealing.state().map_err(failed)?;
    say!("sealed columns");
    for (column, state) in &state.columns {
        match state {
            SealingState::Sealed => say!("  {column:<26} sealed"),
            SealingState::Waiting { sealed, last } => {
                say!(
                    "  {column:<26} up to {sealed} of {last}: a running server goes on, or carebase migrate"
                );
            }
        }
    }
    if state.copies_left {
        say!(
            "the database's file may still hold texts as they were before: the server writes it anew when all are sealed"
        );
    }
    Ok(())
}
