//! What can be wrong with the screen's data.
use domain::screen::RuleError;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error("{file}: {error}")]
    Toml { file: &'static str, error: Box<toml::de::Error> },
    #[error("{file}: {error}")]
    Rule { file: &'static str, error: RuleError },
    #[error("{file}: `{line}` is no weight")]
    Weight { file: &'static str, line: String },
}
