//! What settings ask of URLs.
use reqwest::Url;
use std::net::IpAddr;

/// `None` unless it is a whole URL of HTTP. The standard's parser mends more than an operator can have meant: it drops blanks,
/// and takes `https:host`.
pub(crate) fn parse(raw: &str) -> Option<Url> {
    let is_odd = raw.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
    let url: Url = raw.parse().ok().filter(|_| !is_odd && raw.contains("://"))?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

pub(crate) fn has_tls(url: &Url) -> bool {
    url.scheme() == "https"
}

pub(crate) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether its host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    address(url).map_or_else(|| host(url) == "localhost", |address| address.is_loopback())
}

/// In lower case.
pub(super) fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

pub(super) fn address(url: &Url) -> Option<IpAddr> {
    let host = host(url);
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_url_of_http_is_one() {
        for good in ["http://a", "HTTPS://a.example:8443/b?c=d", "https://[::1]:1/"] {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a.example.com",
            "/a",
            "ftp://a",
            "https://",
            "https:a",
            "https:\\\\a",
            "https://a/b c",
            " https://a",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_host_is_this_machine_or_another() {
        for (host, is_here) in [
            ("localhost", true),
            ("LOCALHOST", true),
            ("127.0.0.1", true),
            // A short form of 127.0.0.1.
            ("127.1", true),
            ("[::1]", true),
            ("10.0.0.1", false),
            ("[::ffff:127.0.0.1]", false),
            ("localhost.example.com", false),
            ("127.0.0.1.example.com", false),
        ] {
            assert_eq!(is_loopback(&parse(&format!("http://{host}/")).unwrap()), is_here, "{host}");
        }
    }
}
