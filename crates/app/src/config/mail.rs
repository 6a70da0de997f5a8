//! Where letters go. The names are Django's where it has one, so that an installation that moves keeps its settings.
use super::{
    env::{BadConfig, Env, Result},
    values::{mail_host, on_or_off, within},
};
use infra::mail::{Credentials, MailServer, MailSettings, Mailbox, sender};
use std::{convert::Infallible, path::PathBuf};

const CONSOLE: [&str; 2] = ["console", "django.core.mail.backends.console.EmailBackend"];
const SMTP: [&str; 2] = ["smtp", "django.core.mail.backends.smtp.EmailBackend"];
/// Of letters that nobody receives.
const FOLDER_SENDER: &str = "Carebase <carebase@localhost>";

/// Each value is read, whether it is used or not: a bad one is told now, not on the day on which it is.
pub(super) fn mail(env: &Env<'_>) -> Result<MailSettings> {
    let smtp = env.parsed("EMAIL_BACKEND", SMTP[0], is_smtp)?;
    let host = env.optional("EMAIL_HOST", mail_host)?;
    if env.parsed("EMAIL_USE_SSL", "false", on_or_off)? {
        let instead = "is not understood: set EMAIL_USE_TLS=true and EMAIL_PORT=465";
        return Err(BadConfig::new("EMAIL_USE_SSL", instead));
    }
    let tls = env.parsed("EMAIL_USE_TLS", "true", on_or_off)?;
    let port = env.parsed("EMAIL_PORT", if tls { "587" } else { "25" }, within(1..=u16::MAX))?;
    let credentials = credentials(env)?;
    let from = from(env)?;
    match (env.get("MAIL_DIR"), host) {
        (Some(_), Some(_)) => Err(BadConfig::new("MAIL_DIR", "is set beside EMAIL_HOST: unset one of them")),
        (Some(dir), None) => {
            let from = from.map_or_else(|| sender(FOLDER_SENDER), Ok);
            let from = from.map_err(|why| BadConfig::new("EMAIL_FROM", why))?;
            Ok(MailSettings::Folder { dir: PathBuf::from(dir), from })
        }
        (None, Some(host)) if smtp => {
            let from = from.ok_or_else(|| {
                BadConfig::new("EMAIL_FROM", "is required with EMAIL_HOST: whom letters are from")
            })?;
            Ok(MailSettings::Server(MailServer { host, port, tls, credentials, from }))
        }
        (None, _) => Ok(MailSettings::None),
    }
}

fn is_smtp(raw: &str) -> Result<bool, &'static str> {
    match raw {
        _ if SMTP.contains(&raw) => Ok(true),
        _ if CONSOLE.contains(&raw) => Ok(false),
        _ => Err("must be smtp or console (then there is no mail server)"),
    }
}

/// The user's name is the sender, too, where it is an address.
fn from(env: &Env<'_>) -> Result<Option<Mailbox>> {
    let user = env.get("EMAIL_HOST_USER").and_then(|user| sender(&user).ok());
    Ok(env.optional("EMAIL_FROM", sender)?.or(user))
}

fn credentials(env: &Env<'_>) -> Result<Option<Credentials>> {
    match (env.get("EMAIL_HOST_USER"), password(env)?) {
        (Some(user), Some(password)) => Ok(Some(Credentials::new(user, password))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(BadConfig::new("EMAIL_HOST_PASSWORD", "is required with EMAIL_HOST_USER")),
        (None, Some(_)) => Err(BadConfig::new("EMAIL_HOST_USER", "is required with a password for it")),
    }
}

fn password(env: &Env<'_>) -> Result<Option<String>> {
    let any = |raw: &str| Ok::<_, Infallible>(raw.to_owned());
    env.optional_or_in_file("EMAIL_HOST_PASSWORD", "EMAIL_HOST_PASSWORD_FILE", any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(variables: &[(&str, &str)]) -> Result<MailSettings> {
        mail(&Env(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    const HOST: (&str, &str) = ("EMAIL_HOST", "smtp.example.com");
    const FROM: (&str, &str) = ("EMAIL_FROM", "Carebase <care@example.com>");
    const USER: (&str, &str) = ("EMAIL_HOST_USER", "robot@example.com");
    const PASSWORD: (&str, &str) = ("EMAIL_HOST_PASSWORD", "hunter2");

    fn server(variables: &[(&str, &str)]) -> MailServer {
        match read(variables) {
            Ok(MailSettings::Server(server)) => server,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn djangos_other_switch_for_tls_is_no_silent_plain_text() {
        let refused = read(&[HOST, FROM, ("EMAIL_USE_SSL", "True"), ("EMAIL_USE_TLS", "False")]);
        assert_eq!(refused.unwrap_err().variable, "EMAIL_USE_SSL");
        assert!(server(&[HOST, FROM, ("EMAIL_USE_SSL", "False")]).tls);
    }

    #[test]
    fn there_is_no_mail_server_by_default_and_none_with_the_console() {
        assert_eq!(read(&[]), Ok(MailSettings::None));
        for console in CONSOLE {
            assert_eq!(read(&[HOST, FROM, ("EMAIL_BACKEND", console)]), Ok(MailSettings::None));
        }
    }

    #[test]
    fn a_server_is_spoken_to_with_tls_unless_it_is_turned_off() {
        for (tls, shown) in [
            ("", "smtp.example.com:587 (TLS)"),
            ("True", "smtp.example.com:587 (TLS)"),
            ("yes", "smtp.example.com:587 (TLS)"),
            ("1", "smtp.example.com:587 (TLS)"),
            ("ON", "smtp.example.com:587 (TLS)"),
            ("False", "smtp.example.com:25 (no TLS)"),
            ("0", "smtp.example.com:25 (no TLS)"),
            ("off", "smtp.example.com:25 (no TLS)"),
            ("NO", "smtp.example.com:25 (no TLS)"),
        ] {
            let server = server(&[HOST, FROM, ("EMAIL_USE_TLS", tls), ("EMAIL_BACKEND", SMTP[1])]);
            assert_eq!(server.to_string(), shown, "{tls}");
        }
        let server = server(&[("EMAIL_HOST", "[::1]"), FROM, ("EMAIL_PORT", "465")]);
        assert_eq!((server.host.as_str(), server.to_string().as_str()), ("::1", "[::1]:465 (TLS)"));
    }

    #[test]
    fn letters_are_from_the_user_unless_it_is_said_otherwise() {
        assert_eq!(server(&[HOST, USER, PASSWORD]).from.to_string(), USER.1);
        assert_eq!(server(&[HOST, USER, PASSWORD, FROM]).from.to_string(), FROM.1);
        let name = ("EMAIL_HOST_USER", "robot");
        assert_eq!(read(&[HOST, name, PASSWORD]).unwrap_err().variable, "EMAIL_FROM");
        assert_eq!(read(&[HOST]).unwrap_err().variable, "EMAIL_FROM");
    }

    #[test]
    fn a_folder_needs_no_sender_and_stands_beside_no_server() {
        let folder =
            |from: &str| Ok(MailSettings::Folder { dir: "/tmp/mail".into(), from: sender(from).unwrap() });
        let dir = ("MAIL_DIR", "/tmp/mail");
        assert_eq!(read(&[dir]), folder(FOLDER_SENDER));
        assert_eq!(read(&[dir, FROM]), folder(FROM.1));
        assert_eq!(read(&[dir, HOST, FROM]).unwrap_err().variable, "MAIL_DIR");
    }

    #[test]
    fn a_password_has_a_user_and_may_stand_in_a_file() {
        assert_eq!(read(&[USER]).unwrap_err().variable, "EMAIL_HOST_PASSWORD");
        assert_eq!(read(&[PASSWORD]).unwrap_err().variable, "EMAIL_HOST_USER");
        let file = tempfile::NamedTempFile::new().unwrap();
        let by_file = ("EMAIL_HOST_PASSWORD_FILE", file.path().to_str().unwrap());
        assert_eq!(read(&[HOST, USER, by_file]).unwrap_err().variable, by_file.0);
        fs::write(&file, "hunter2\n").unwrap();
        assert_eq!(read(&[HOST, USER, by_file]), read(&[HOST, USER, PASSWORD]));
        assert_eq!(read(&[HOST, USER, by_file, PASSWORD]).unwrap_err().variable, by_file.0);
        assert!(!format!("{:?}", read(&[HOST, USER, PASSWORD])).contains("hunter2"));
    }
}
