//! The log: one line an event, pretty or JSON. Requests are told by route pattern and id (`web::http::observe`); nothing
//! here or below writes tokens, query strings or health data.
use crate::config::LogFormat;
use std::io::{IsTerminal, stderr};
use tracing_subscriber::{EnvFilter, fmt};

/// Other people's crates speak only of trouble; actix-http would also tell of every malformed request of a stranger.
pub fn start(level: tracing::Level, format: LogFormat) {
    let ours = ["app", "infra", "web", "domain", "carebase"].map(|krate| format!("{krate}={level}"));
    let filter = EnvFilter::new(format!("warn,actix_http=off,{}", ours.join(",")));
    let log = fmt().with_env_filter(filter).with_writer(stderr).with_ansi(stderr().is_terminal());
    // A second start (the demo's, a test's) keeps the first one's settings.
    let _ = match format {
        LogFormat::Json => log.json().flatten_event(true).try_init(),
        LogFormat::Pretty => log.with_target(false).try_init(),
    };
}
