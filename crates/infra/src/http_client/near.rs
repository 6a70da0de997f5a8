//! Which hosts are in the operator's own network.
use super::url::{address, host};
use reqwest::Url;
use std::net::IpAddr;

/// This machine, a private address, or a name that no public host can have: one without a dot, such as a service's in a compose
/// file, or one below `internal`, such as that of the machine on which a container runs.
pub(crate) fn is_near(url: &Url) -> bool {
    match address(url) {
        Some(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Some(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        None => !host(url).contains('.') || host(url).ends_with(".internal"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::url::parse, *};

    #[test]
    fn a_host_is_near_or_far() {
        for (near, hosts) in [
            (
                true,
                &["localhost", "127.0.0.1", "[::1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "[fd00::1]"][..],
            ),
            (true, &["ollama", "OLLAMA", "host.docker.internal"]),
            (false, &["8.8.8.8", "172.32.0.1", "[2001:db8::1]", "[::ffff:8.8.8.8]", "134744072"]),
            // At this address clouds tell machines their secrets.
            (false, &["169.254.169.254"]),
            (false, &["api.example.com", "ollama.", "localhost.example.com", "internal.example.com"]),
        ] {
            for host in hosts {
                assert_eq!(is_near(&parse(&format!("http://{host}/")).unwrap()), near, "{host}");
            }
        }
    }
}
