//! The command line.
use crate::{
    Done, fill, frame, growth,
    options::{Fill, Frame, Growth, Run},
    run, server_folder,
};
use clap::{Parser, Subcommand};

/// The server, its limits and its peers, measured in turns on one machine.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a server on a temporary database, fill it, and measure every scenario against its limits.
    Run(Run),
    /// Measure the same scenarios at 1, 10 and 100 times the data: what must not grow, and does.
    Growth(Growth),
    /// Fill a database that has its schema and nobody in it: so that another version of carebase can be a peer.
    Fill(Fill),
    /// Answer prepared bodies: the frame limit. `run` starts it by itself.
    #[command(hide = true)]
    Frame(Frame),
}

impl Cli {
    /// Whether everything that was asked was answered as it should be.
    pub(crate) fn run(self) -> Done<bool> {
        match self.command {
            Command::Run(run) => run::run(&run),
            Command::Growth(growth) => growth::run(&growth),
            Command::Fill(fill) => {
                let dataset = fill::Dataset::new(fill.scale, &fill.secret_key)?;
                let location = server_folder::Location::parse(&fill.database_url)?;
                fill::fill(&location, &dataset)?;
                fill::settle(&location)?;
                say!("seal its texts: carebase migrate --from-unsealed-backup");
                say!("measure it with: bench run --scale {} --peer http://… --peer-secret …", fill.scale);
                Ok(true)
            }
            Command::Frame(frame) => frame::serve(&frame).map(|()| true),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        <super::Cli as clap::CommandFactory>::command().debug_assert();
    }
}
