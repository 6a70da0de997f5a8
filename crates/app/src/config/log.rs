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

impl Log {
    /// # Errors
    /// [`BadConfig`](super::BadConfig).
    pub fn from_environment() -> Result<Self> {
        Self::from(&Env(&|name| std::env::var(name).ok()))
    }

    pub(super) fn from(env: &Env<'_>) -> Result<Self> {
        let formats = [("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];
        Ok(Self {
            level: env.parsed("LOG_LEVEL", "info", level)?,
            format: env.parsed("LOG_FORMAT", "pretty", choice(&formats))?,
        })
    }
}
