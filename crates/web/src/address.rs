//! Where a request came from, as far as it can be known.
use actix_web::HttpRequest;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The proxies whose word about their client counts.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self(trusted)
    }

    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address.to_canonical()))
    }

    pub(crate) fn client(&self, req: &HttpRequest) -> IpAddr {
        // Without a peer there is no connection either: a unit test.
        let peer = req.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
        let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        self.client_behind(peer, &forwarded.collect::<Vec<_>>().join(","))
    }

    /// The last address in the chain that no trusted proxy has: everything to the left of it can be invented.
    fn client_behind(&self, peer: IpAddr, forwarded: &str) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.rsplit(',') {
            if !self.trusts(client) {
                break;
            }
            match told(hop.trim()) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }

    /// The scheme that the client used, if a trusted proxy tells.
    pub(crate) fn is_https(&self, req: &HttpRequest) -> bool {
        let peer = req.peer_addr().map(|peer| peer.ip());
        let told = req.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        told && peer.is_some_and(|peer| self.trusts(peer))
    }
}

/// One household's IPv6 addresses are a whole /64: it counts as one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

/// Some proxies tell the port too.
fn told(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_hop() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        for (peer, forwarded, client) in [
            ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
            ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
            ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ] {
            let seen = proxies.client_behind(peer.parse().unwrap(), forwarded);
            assert_eq!(seen, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }
}
