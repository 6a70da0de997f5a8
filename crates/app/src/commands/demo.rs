//! `carebase demo`.
use super::Done;
use crate::config::Config;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) fn run(&self, _config: &Config) -> Done {
        Ok(())
    }
}
