//! Programs of the operator's: the one that alarms are posted to, and those that report bounces.
use super::env::{BadConfig, Env, Result};
use infra::webhook::{SigningSecret, WebhookSettings, WebhookUrl};

pub(super) fn webhook(env: &Env<'_>) -> Result<Option<WebhookSettings>> {
    const URL: &str = "ALARM_WEBHOOK_URL";
    const SECRET: &str = "ALARM_WEBHOOK_SECRET";
    let url = env.optional(URL, WebhookUrl::parse)?;
    let secret = env.optional_or_in_file(SECRET, "ALARM_WEBHOOK_SECRET_FILE", SigningSecret::parse)?;
    match (url, secret) {
        (Some(url), Some(secret)) => Ok(Some(WebhookSettings { url, secret })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            let why = "is required with ALARM_WEBHOOK_URL: make one with: openssl rand -hex 32";
            Err(BadConfig::new(SECRET, why))
        }
        (None, Some(_)) => Err(BadConfig::new(URL, "is required with a secret for it")),
    }
}

pub(super) fn mail_bounce_secret(env: &Env<'_>) -> Result<Option<SigningSecret>> {
    env.optional_or_in_file("MAIL_BOUNCE_SECRET", "MAIL_BOUNCE_SECRET_FILE", SigningSecret::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: (&str, &str) = ("ALARM_WEBHOOK_URL", "https://alerts.example.com/hunter2");
    const SECRET: (&str, &str) = ("ALARM_WEBHOOK_SECRET", "hunter2 0123456789abcdef");

    fn read(variables: &[(&str, &str)]) -> Result<Option<WebhookSettings>> {
        webhook(&Env(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    #[test]
    fn a_webhook_has_a_url_and_a_secret_or_neither() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[URL, SECRET]).unwrap().unwrap().to_string(), "alerts.example.com");
        assert_eq!(read(&[URL]).unwrap_err().variable, SECRET.0);
        assert_eq!(read(&[SECRET]).unwrap_err().variable, URL.0);
    }

    #[test]
    fn the_secret_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let by_file = ("ALARM_WEBHOOK_SECRET_FILE", file.path().to_str().unwrap());
        for (content, good) in [("", false), ("short", false), (SECRET.1, true)] {
            std::fs::write(&file, format!("{content}\n")).unwrap();
            match read(&[URL, by_file]) {
                Ok(settings) => assert!(good && Ok(settings) == read(&[URL, SECRET])),
                Err(e) => assert!(!good && e.variable == by_file.0 && !e.why.contains("short")),
            }
        }
        assert_eq!(read(&[URL, by_file, SECRET]).unwrap_err().variable, by_file.0);
    }
}
