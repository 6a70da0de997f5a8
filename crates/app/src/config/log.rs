//! The settings of the log, which is started before the others are read.
use super::{
    env::{Env, Result},
    values::{choice, level},
};

/// How much is logged, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    pub level: tracing::Level,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

const FORMATS: [(&str, LogFormat); 2] = [("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];

impl Log {
    /// The defaults for what cannot be read: then the error comes, too, to be told in the format that could be read.
    pub fn from_environment() -> (Self, Result<()>) {
        let variables = |name: &str| std::env::var(name).ok();
        let env = Env(&variables);
        match Self::from(&env) {
            Ok(log) => (log, Ok(())),
            Err(bad) => {
                let format =
                    env.parsed("LOG_FORMAT", "pretty", choice(&FORMATS)).unwrap_or(LogFormat::Pretty);
                (Self { level: tracing::Level::INFO, format }, Err(bad))
            }
        }
    }

    pub(super) fn from(env: &Env<'_>) -> Result<Self> {
        Ok(Self {
            level: env.parsed("LOG_LEVEL", "info", level)?,
            format: env.parsed("LOG_FORMAT", "pretty", choice(&FORMATS))?,
        })
    }
}
