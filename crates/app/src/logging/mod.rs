//! The log: one line an event, pretty or JSON. Requests are told by route pattern and id (`web::http::observe`); nothing
//! here or below writes tokens, query strings or health data.
mod buffer;

use crate::config::LogFormat;
use buffer::Log;
use std::{
    io::{IsTerminal, stderr},
    sync::OnceLock,
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};

/// What waits to be written, once the log has started.
static LOG: OnceLock<Log> = OnceLock::new();

/// Other people's crates speak only of trouble; actix-http would also tell of every malformed request of a stranger.
pub fn start(level: tracing::Level, format: LogFormat) {
    let ours =
        ["app", "infra", "web", "domain", "carebase"].map(|krate| (krate, LevelFilter::from_level(level)));
    let heard = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("actix_http", LevelFilter::OFF)
        .with_targets(ours);
    let lines = LOG.get_or_init(Log::start).clone();
    let told = fmt::layer().with_writer(lines).with_ansi(stderr().is_terminal());
    let log = registry().with(heard);
    // A second start (the demo's, a test's) keeps the first one's settings.
    let _ = match format {
        LogFormat::Json => log.with(told.json().flatten_event(true)).try_init(),
        LogFormat::Pretty => log.with(told.with_target(false)).try_init(),
    };
}

/// Before the process ends.
pub fn flush() {
    if let Some(log) = LOG.get() {
        log.flush();
    }
}
