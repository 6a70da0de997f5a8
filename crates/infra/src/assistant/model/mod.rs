//! A model behind a server that speaks the chat-completions API, which most programs that run models have in common.
mod adapter;
mod answer;
mod body;
mod breaker;
mod failure;
mod key;
mod metrics;
mod settings;
mod stream;
mod upstream;
mod url;
mod wire;

pub use adapter::ChatCompletions;
pub use key::ApiKey;
pub use metrics::register as register_metrics;
pub use settings::{ModelPatience, ModelSettings};
pub use url::ModelUrl;
