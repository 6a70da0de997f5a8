//! `bench`: how far the server is from the limits of this machine, and from any peer. `docs/BENCH.md` says how to read it.

#[macro_use]
mod say;

mod alarm;
mod assistant;
mod carebase;
mod child;
mod cli;
mod cores;
mod failure;
mod fill;
mod fixture;
mod frame;
mod growth;
mod machine;
mod numbers;
mod options;
mod outcome;
mod overload;
mod peer;
mod report;
mod rounds;
mod run;
mod scenario;
mod screen;
mod sealed;
mod server_folder;
mod site;
mod sockets;
mod sql;
mod store;
mod table;
mod wire;

pub(crate) use failure::Done;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            say!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}
