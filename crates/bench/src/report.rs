//! The whole result, for programs to read.
use crate::{Done, carebase::Started, machine::Machine, options::Common, outcome::Outcome};
use serde::Serialize;
use std::{fs::File, path::Path};

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    at: String,
    version: &'static str,
    machine: Machine,
    database: String,
    redis: bool,
    scale: f64,
    seconds: f64,
    rounds: usize,
    threads: usize,
    started: Option<Started>,
    outcomes: Vec<Outcome>,
}

impl Report {
    pub(crate) fn of(
        common: &Common,
        scale: f64,
        machine: Machine,
        started: Option<Started>,
        outcomes: Vec<Outcome>,
    ) -> Self {
        Self {
            at: chrono::Utc::now().to_rfc3339(),
            version: env!("CARGO_PKG_VERSION"),
            machine,
            database: format!("{:?}", common.database).to_lowercase(),
            redis: common.redis,
            scale,
            seconds: common.seconds,
            rounds: common.rounds,
            threads: common.threads,
            started,
            outcomes,
        }
    }

    pub(crate) fn write(&self, path: Option<&Path>) -> Done {
        if let Some(path) = path {
            serde_json::to_writer_pretty(File::create(path)?, self)?;
        }
        Ok(())
    }
}
