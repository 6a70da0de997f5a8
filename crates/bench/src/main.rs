//! `bench`: how far the server is from the limits of this machine, and from any peer. `docs/BENCH.md` says how to read it.

/// Tells a line to whoever runs the bench. Whoever closed the pipe has read enough.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($words)*)));
    }};
}

mod carebase;
mod cast;
mod child;
mod cli;
mod fill;
mod frame;
mod growth;
mod machine;
mod outcome;
mod peer;
mod place;
mod report;
mod run;
mod scenario;
mod sockets;
mod sql;
mod store;
mod table;
mod wire;

use clap::Parser;
use std::process::ExitCode;

/// Whatever stops the bench: it is told, in one line, to whoever started it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Done<T = ()> = Result<T, Failure>;

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
