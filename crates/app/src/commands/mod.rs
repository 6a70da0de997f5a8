//! The command line. Every command goes through the same services as a request does.
#![expect(clippy::print_stderr, reason = "talking to the operator is their job")]

#[macro_use]
mod say;

mod accounts;
mod audit_log;
mod check;
mod database;
mod demo;
mod failure;
mod keys;
mod probe;
mod serve;

use crate::config::{BadConfig, Config, Log, LogFormat};
use clap::{Parser, Subcommand};
use failure::{Done, Failure};
use std::process::ExitCode;

/// The whole backend of a care app in one binary.
///
/// Without a command it serves. It needs no set-up: it makes an SQLite database in ./data and listens on
/// 127.0.0.1:8000. Settings come from the environment and from .env in the working folder; deploy/env.example
/// explains each.
#[derive(Debug, Parser)]
#[command(name = "carebase", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  carebase                          serve
  carebase demo                     serve a throw-away database full of believable people
  carebase make-doctor house        let the account `house` treat patients
  carebase audit sarah              who saw or changed sarah's data
  DATABASE_URL=postgres://db/care SECRET_KEY=… ENCRYPTION_KEYS=… carebase migrate

Exit status: 0 done, 1 failed, 2 a bad setting or a bad command line.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (this is what happens without a command).
    Serve,
    /// Serve a throw-away database: believable people, 90 days of diary, tokens to try.
    Demo(demo::Demo),
    /// Create the database's schema, or bring it up to date; seal texts that an older version stored.
    Migrate(database::Migrate),
    /// Load the reference data (44 body parts). `serve` does it too.
    Seed,
    /// Put an account into the group Doctor, beside the groups it has.
    MakeDoctor(accounts::Named),
    /// Give an account the rights of staff.
    MakeAdmin(accounts::Named),
    /// Take an account out of the group Doctor. Its links stay with its patients; it sees and writes nothing on them.
    RemoveDoctor(accounts::Named),
    /// Take the rights of staff away. Open sockets of the support inbox are closed within a second.
    RemoveAdmin(accounts::Named),
    /// Make an account. Prints a password, unless one is given.
    CreateUser(accounts::NewUser),
    /// Give an account another password, printed once unless one is given. Signs it out everywhere.
    SetPassword(accounts::SetPassword),
    /// Shut an account out: neither its password nor its token lets anyone in. Its sockets are closed within
    /// a second.
    Deactivate(accounts::Named),
    /// Let a deactivated account in again.
    Reactivate(accounts::Named),
    /// Who saw or changed a patient's data, newest first.
    Audit(audit_log::Audit),
    /// Which encryption keys are in use, and how far the sealing of older texts is.
    Keys,
    /// Look at the settings, the database and its folder, the secrets and keys, Redis and the ports, and say what is
    /// wrong. Changes nothing.
    Check,
}

pub fn run(cli: Cli) -> ExitCode {
    let done = try_run(cli.command.unwrap_or(Command::Serve));
    let code = match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match crate::logging::format() {
                LogFormat::Pretty => eprintln!("carebase: {failure}"),
                LogFormat::Json => tracing::error!("carebase: {failure}"),
            }
            ExitCode::from(if matches!(failure, Failure::Config(_)) { 2 } else { 1 })
        }
    };
    crate::logging::flush();
    code
}

fn try_run(command: Command) -> Done {
    let throw_away = matches!(command, Command::Demo(_));
    let config = configuration(throw_away)?;
    match command {
        Command::Serve => serve::serve(&config),
        Command::Demo(demo) => demo.run(&config),
        Command::Migrate(migrate) => migrate.run(&config),
        Command::Seed => database::seed(&config),
        Command::MakeDoctor(who) => who.make_doctor(&config),
        Command::MakeAdmin(who) => who.make_admin(&config),
        Command::RemoveDoctor(who) => who.remove_doctor(&config),
        Command::RemoveAdmin(who) => who.remove_admin(&config),
        Command::CreateUser(user) => user.create(&config),
        Command::SetPassword(change) => change.set(&config),
        Command::Deactivate(who) => who.deactivate(&config),
        Command::Reactivate(who) => who.reactivate(&config),
        Command::Audit(audit) => audit.show(&config),
        Command::Keys => keys::show(&config),
        Command::Check => check::check(&config),
    }
}

/// The log is started first: what is wrong with any setting is told in its format.
fn configuration(throw_away: bool) -> Result<Config, Failure> {
    let env_file = read_env_file();
    let (log, readable) = Log::from_environment();
    crate::logging::start(log.level, log.format);
    env_file?;
    readable?;
    Ok(if throw_away { Config::for_throw_away()? } else { Config::from_environment()? })
}

fn read_env_file() -> Result<(), BadConfig> {
    let why = match dotenvy::from_path(".env") {
        Ok(()) => return Ok(()),
        Err(e) if e.not_found() => return Ok(()),
        // Not the line itself: it may hold a secret.
        Err(dotenvy::Error::LineParse(_, position)) => format!(
            "has a line that is no NAME=value (at its character {position}); quote values with spaces"
        ),
        Err(e) => format!("cannot be read: {e}"),
    };
    Err(BadConfig { variable: ".env", why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
