//! `carebase`: one binary, a command for everything an operator does.
use app::commands::Cli;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    app::commands::run(Cli::parse())
}
