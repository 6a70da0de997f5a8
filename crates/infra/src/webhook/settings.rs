//! Where messages are posted, as the operator decided.
use super::SigningSecret;
use crate::http_client;
use reqwest::Url;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub struct WebhookSettings {
    pub url: WebhookUrl,
    pub secret: SigningSecret,
}

/// Of the host alone: a path or a query may hold a key.
impl fmt::Display for WebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.0.authority())
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        const FORM: &str = "must be a URL such as https://alerts.example.com/carebase";
        let url = http_client::parse(raw).ok_or(FORM)?;
        if http_client::has_credentials(&url) {
            return Err("must hold no user and no password: requests are signed with ALARM_WEBHOOK_SECRET");
        }
        if http_client::has_tls(&url) || http_client::is_loopback(&url) {
            return Ok(Self(url));
        }
        Err("must begin with https:// unless its host is localhost: \
            messages name people and places, which others on the way could read")
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

/// As [`WebhookSettings`] is shown.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({})", self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_leaves_this_machine_with_tls_only() {
        for good in [
            "https://alerts.example.com",
            "https://alerts.example.com:8443/carebase?key=1",
            "https://10.0.0.1/",
            "http://localhost:9000/alarm",
            "http://LOCALHOST/",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/",
        ] {
            assert!(WebhookUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "alerts.example.com",
            "/alarm",
            "ftp://alerts.example.com",
            "https://",
            "https://robot:hunter2@alerts.example.com",
            "http://alerts.example.com",
            "http://10.0.0.1/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "https://alerts.example.com/a b",
        ] {
            let why = WebhookUrl::parse(bad).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn a_key_in_the_url_is_shown_nowhere() {
        let url = WebhookUrl::parse("https://alerts.example.com:8443/hunter2?key=hunter2").unwrap();
        let secret = SigningSecret::parse("hunter2 hunter2 hunter2 hunter2").unwrap();
        let settings = WebhookSettings { url, secret };
        assert_eq!(settings.to_string(), "alerts.example.com:8443");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
