//! Which model is asked, as the operator decided.
use super::{ApiKey, ModelUrl};
use domain::assistant::ANSWER_MAX;
use std::{fmt, time::Duration};

#[derive(Debug, Clone, PartialEq)]
pub struct ModelSettings {
    pub url: ModelUrl,
    /// `None`: the server asks for none.
    pub api_key: Option<ApiKey>,
    /// As the server calls it.
    pub model: String,
}

/// Of the URL, the host alone: a path or a query may hold a key.
impl fmt::Display for ModelSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model, self.url.authority())
    }
}

/// How long a model is waited for. Tests wait for shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPatience {
    /// From the request until the whole answer, a second try included. At most [`ANSWER_MAX`].
    pub answer_max: Duration,
    /// How long a model that fails again and again is not asked.
    pub rest: Duration,
}

impl Default for ModelPatience {
    fn default() -> Self {
        Self { answer_max: ANSWER_MAX, rest: Duration::from_secs(10) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_settings_is_shown_nowhere() {
        let settings = ModelSettings {
            url: ModelUrl::parse("https://api.example.com:8443/hunter2?key=hunter2").unwrap(),
            api_key: Some(ApiKey::parse("hunter2").unwrap()),
            model: "small".into(),
        };
        assert_eq!(settings.to_string(), "small at api.example.com:8443");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
