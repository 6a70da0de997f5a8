//! Whether a port can be listened on, or is held by a carebase that runs already: a check beside a server finds its ports
//! taken, and that is no fault.
use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

/// How carebase is known at a port.
pub(super) struct Service {
    path: &'static str,
    /// Stands in the answer of carebase.
    mark: &'static str,
}

pub(super) const WORLD: Service = Service { path: "/health/live", mark: r#"{"status":"ok"}"# };
pub(super) const METRICS: Service = Service { path: "/metrics", mark: "build_info{" };

pub(super) enum Port {
    Free,
    Ours,
    Refused(io::Error),
}

const PATIENCE: Duration = Duration::from_secs(2);
/// Of an answer: a stranger's may have no end.
const ANSWER_MAX: u64 = 256 * 1024;

pub(super) fn look(address: SocketAddr, service: &Service) -> Port {
    match TcpListener::bind(address) {
        Ok(_closed_again) => Port::Free,
        // A privileged port is refused to others than root, held or not.
        Err(_) if service.answers_at(address) => Port::Ours,
        Err(e) => Port::Refused(e),
    }
}

impl Service {
    fn answers_at(&self, address: SocketAddr) -> bool {
        self.ask(address).is_ok_and(|answer| answer.contains(self.mark))
    }

    fn ask(&self, mut address: SocketAddr) -> io::Result<String> {
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", self.path)?;
        let mut answer = String::new();
        stream.take(ANSWER_MAX).read_to_string(&mut answer)?;
        Ok(answer)
    }
}
