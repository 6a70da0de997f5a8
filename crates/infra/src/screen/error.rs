//! What can be wrong with the screen's data.
use domain::{screen::RuleError, shared::Language};

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error("{file}: {error}")]
    Toml { file: &'static str, error: Box<toml::de::Error> },
    #[error("{file}: {error}")]
    Rule { file: &'static str, error: RuleError },
    #[error("the weights of {0:?} are not packed as they should be")]
    Weights(Language),
}
