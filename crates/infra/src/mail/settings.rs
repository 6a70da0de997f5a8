//! Where letters go, as the operator decided.
use super::header::is_harmful;
use lettre::{message::Mailbox, transport::smtp::authentication::Credentials};
use std::{fmt, net::IpAddr, path::PathBuf};

/// Of [`MailSettings::None`], to the operator.
pub const NO_MAIL_SERVER: &str = "no mail server is configured: an alarm reaches nobody (set EMAIL_HOST)";

/// Of [`MailServer::exposes_password`], likewise.
pub const EXPOSED_PASSWORD: &str = "EMAIL_HOST_PASSWORD crosses the network in the open: set EMAIL_USE_TLS=true, or use a mail server on this machine";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailSettings {
    None,
    /// To be looked at: nobody receives them.
    Folder {
        dir: PathBuf,
        from: Mailbox,
    },
    Server(MailServer),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// A name, or an address without brackets.
    pub host: String,
    pub port: u16,
    /// Required then, and never less: a letter rather waits than travels in the open.
    pub tls: bool,
    /// Their `Debug` shows neither.
    pub credentials: Option<Credentials>,
    pub from: Mailbox,
}

impl MailServer {
    /// Where TLS begins with the connection, not with STARTTLS.
    const IMPLICIT_TLS_PORT: u16 = 465;

    pub(super) fn has_implicit_tls(&self) -> bool {
        self.tls && self.port == Self::IMPLICIT_TLS_PORT
    }

    /// Whether the password crosses a network that others may listen to.
    pub fn exposes_password(&self) -> bool {
        self.credentials.is_some() && !self.tls && !self.is_here()
    }

    fn is_here(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        address.map_or_else(|_| self.host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = if self.tls { "TLS" } else { "no TLS" };
        if self.host.contains(':') {
            write!(f, "[{}]:{} ({tls})", self.host, self.port)
        } else {
            write!(f, "{}:{} ({tls})", self.host, self.port)
        }
    }
}

impl MailSettings {
    /// Whose the letters are, as their names between mail servers tell.
    pub fn sender_domain(&self) -> &str {
        match self {
            Self::None => "localhost",
            Self::Folder { from, .. } => from.email.domain(),
            Self::Server(server) => server.from.email.domain(),
        }
    }
}

impl fmt::Display for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("nowhere"),
            Self::Folder { dir, .. } => write!(f, "written to {}, nobody receives them", dir.display()),
            Self::Server(server) => server.fmt(f),
        }
    }
}

/// Whom letters are from.
///
/// # Errors
/// What is wrong with it.
pub fn sender(raw: &str) -> Result<Mailbox, &'static str> {
    let form = "must be an address such as care@example.com or Carebase <care@example.com>";
    if raw.contains(is_harmful) {
        return Err("holds a control character");
    }
    let sender: Mailbox = raw.parse().map_err(|_why| form)?;
    // Mail servers that take others are few, and one that does not would take no letter at all.
    if !AsRef::<str>::as_ref(&sender.email).is_ascii() {
        return Err("must have an address of ASCII characters");
    }
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, tls: bool) -> MailServer {
        let credentials = Some(Credentials::new("sarah".into(), "hunter2".into()));
        MailServer {
            host: host.into(),
            port: 587,
            tls,
            credentials,
            from: sender("care@example.com").unwrap(),
        }
    }

    #[test]
    fn a_sender_is_one_address_with_a_name_or_without() {
        for good in [
            "care@example.com",
            "carebase@localhost",
            "Carebase <carebase@localhost>",
            "\"Care, base\" <care@example.com>",
            "Забота <care@example.com>",
        ] {
            assert!(sender(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "care",
            "care@",
            "care@example.com, other@example.com",
            "Carebase <care@example.com> x",
            "Carebase <care@example.com>\r\nBcc: x@example.com",
            "Care\u{202e}base <care@example.com>",
            "забота@example.com",
        ] {
            assert!(sender(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_password_is_shown_nowhere() {
        let settings = MailSettings::Server(server("smtp.example.com", true));
        assert_eq!(settings.to_string(), "smtp.example.com:587 (TLS)");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn a_password_is_exposed_on_a_network_only() {
        for (host, tls, exposed) in [
            ("smtp.example.com", false, true),
            ("10.0.0.1", false, true),
            ("smtp.example.com", true, false),
            ("localhost", false, false),
            ("127.0.0.1", false, false),
            ("::1", false, false),
        ] {
            assert_eq!(server(host, tls).exposes_password(), exposed, "{host}");
        }
        let open = MailServer { credentials: None, ..server("smtp.example.com", false) };
        assert!(!open.exposes_password());
    }
}
