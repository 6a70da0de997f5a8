//! Words to the operator, on stdout: text, or with `LOG_FORMAT=json` a line of JSON, as everything else is then.
use crate::{config::LogFormat, logging};
use domain::shared::Clock;
use infra::clock::SystemClock;
use std::{fmt::Arguments, io::Write};

/// Prints a line for the operator.
macro_rules! say {
    ($($words:tt)*) => { crate::commands::say::line(format_args!($($words)*)) };
}

/// A closed pipe (`| head`) is no error.
pub(super) fn line(words: Arguments<'_>) {
    let mut out = std::io::stdout();
    let _ = match logging::format() {
        LogFormat::Pretty => writeln!(out, "{words}"),
        LogFormat::Json => writeln!(
            out,
            "{}",
            serde_json::json!({
                "timestamp": SystemClock.now().to_rfc3339(), "level": "INFO", "message": words.to_string().trim(),
            })
        ),
    };
}
