//! The whole result, for programs to read.
use crate::{Done, carebase::Started, machine::Machine, outcome::Outcome};
use serde::Serialize;
use std::{fs::File, path::Path};

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub at: String,
    pub version: &'static str,
    pub machine: Machine,
    pub database: String,
    pub redis: bool,
    pub scale: f64,
    pub seconds: f64,
    pub rounds: usize,
    pub threads: usize,
    pub started: Option<Started>,
    pub outcomes: Vec<Outcome>,
}

impl Report {
    pub(crate) fn write(&self, path: Option<&Path>) -> Done {
        if let Some(path) = path {
            serde_json::to_writer_pretty(File::create(path)?, self)?;
        }
        Ok(())
    }
}
