//! Where questions are posted.
use crate::http_client;
use reqwest::Url;
use std::fmt;

const ENDPOINT: &str = "/chat/completions";

/// That of the endpoint itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ModelUrl(Url);

impl ModelUrl {
    /// The endpoint, or the base that its server's documentation names; a query is kept.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        const FORM: &str = "must be a URL such as https://api.example.com/v1 or http://localhost:11434/v1";
        let mut url = http_client::parse(raw).ok_or(FORM)?;
        if http_client::has_credentials(&url) {
            return Err("must hold no user and no password: a key has the setting ASSISTANT_API_KEY");
        }
        if !http_client::has_tls(&url) && !http_client::is_near(&url) {
            return Err("must begin with https:// unless its host is in your own network \
                (localhost, a private address, or a name without a dot): \
                conversations tell of people's health, which others on the way could read");
        }
        let base = url.path().trim_end_matches('/');
        let path = format!("{}{ENDPOINT}", base.strip_suffix(ENDPOINT).unwrap_or(base));
        url.set_path(&path);
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn authority(&self) -> &str {
        self.0.authority()
    }
}

/// Of the host alone, as [`ModelSettings`](super::ModelSettings) is shown.
impl fmt::Debug for ModelUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelUrl({})", self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_completed_and_an_endpoint_is_kept() {
        for (raw, endpoint) in [
            ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
            ("http://ollama:11434/v1/", "http://ollama:11434/v1/chat/completions"),
            ("http://192.168.1.7", "http://192.168.1.7/chat/completions"),
            ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1/chat/completions"),
            ("https://api.example.com/v1/chat/completions/", "https://api.example.com/v1/chat/completions"),
            ("https://a.example/m?api-version=2", "https://a.example/m/chat/completions?api-version=2"),
        ] {
            assert_eq!(ModelUrl::parse(raw).unwrap().url().as_str(), endpoint, "{raw}");
        }
    }

    #[test]
    fn conversations_leave_the_own_network_with_tls_only() {
        for bad in [
            "",
            "api.example.com",
            "ftp://ollama/v1",
            "https://robot:hunter2@api.example.com/v1",
            "http://hunter2@ollama/v1",
            "http://api.example.com/v1",
            "http://8.8.8.8/v1",
        ] {
            let why = ModelUrl::parse(bad).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
