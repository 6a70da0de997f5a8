//! What each command is told.
use crate::scenario::Name;
use clap::{Args, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// Of the temporary site. Long enough for the server, and no sample from its manual.
pub(crate) const SECRET: &str = "of a bench, and thrown away with its house: 4c1d";
pub(crate) const ENCRYPTION_KEY: &str = "of a bench and thrown away as well: 77af03e2";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// What every measuring command needs to know.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    #[arg(long, value_enum, default_value = "sqlite")]
    pub database: Database,
    /// A PostgreSQL database in which a schema may be made.
    #[arg(long, env = "TEST_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Give the server a Redis (TEST_REDIS_URL, or one on this machine).
    #[arg(long)]
    pub redis: bool,
    #[arg(long, env = "TEST_REDIS_URL", default_value = "redis://127.0.0.1:6379", hide_env_values = true)]
    pub redis_url: String,
    /// Only this scenario; again for more of them.
    #[arg(long = "scenario", value_enum)]
    pub scenarios: Vec<Name>,
    /// How long each target is asked in each round.
    #[arg(long, default_value_t = 5.0)]
    pub seconds: f64,
    /// How many times the targets take their turns.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Keep-alive connections that ask at the same time, each one request after another.
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Threads that ask. Two cores are shared with the server in any case: more threads cost it what they gain.
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// The whole result as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub common: Common,
    /// How much of the data that the issue names: 1 is 10,000 accounts and 200,000 of everything.
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// Without the frame limit and the store limit.
    #[arg(long)]
    pub no_limits: bool,
    /// Conversing pairs, in the scenario of that name.
    #[arg(long, default_value_t = 500)]
    pub pairs: usize,
    /// Messages a second that all pairs together send, whatever the server does.
    #[arg(long, default_value_t = 500)]
    pub rate: usize,
    /// Sockets that are opened and left alone.
    #[arg(long, default_value_t = 5000)]
    pub idle: usize,
    /// Another server that speaks the same wire, http://host:port, measured in turns with ours.
    #[arg(long)]
    pub peer: Option<String>,
    /// A token of the peer's; again for more people. Who they are is asked of the peer.
    #[arg(long = "peer-token")]
    pub peer_tokens: Vec<String>,
    /// NAME:PASSWORD at the peer, for the login scenario.
    #[arg(long = "peer-login")]
    pub peer_logins: Vec<String>,
    /// The peer is a carebase whose database `bench fill` filled, and this is its SECRET_KEY: nothing else is needed.
    #[arg(long)]
    pub peer_secret: Option<String>,
    /// The peer's process, if it is one on this machine: for its CPU time.
    #[arg(long)]
    pub peer_pid: Option<u32>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Growth {
    #[command(flatten)]
    pub common: Common,
    /// What "once the data" is; 0.05 makes a hundred times of it five times what `run` fills.
    #[arg(long, default_value_t = 0.05)]
    pub scale: f64,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Fill {
    /// sqlite://… or postgres://…; its schema must be there (`carebase migrate`, `carebase seed`).
    pub database_url: String,
    /// The SECRET_KEY of the server that will serve it: tokens are derived from it.
    #[arg(long, env = "SECRET_KEY", hide_env_values = true)]
    pub secret_key: String,
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Frame {
    #[arg(long)]
    pub listen: SocketAddr,
    #[arg(long)]
    pub answers: PathBuf,
}
