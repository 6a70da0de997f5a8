//! Where a server is, and how requests to it are made. Every target gets the same headers, so that none parses more.
use super::Ask;
use crate::Done;
use http_body_util::Full;
use hyper::{
    Method, Request,
    body::Bytes,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use std::net::{SocketAddr, ToSocketAddrs};

#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub address: SocketAddr,
    host: String,
    /// Before every path; mostly nothing.
    prefix: String,
}

impl Base {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), prefix: String::new() }
    }

    /// `http://host:port/prefix`. TLS would measure TLS.
    pub(crate) fn parse(url: &str) -> Done<Self> {
        let why = "a peer is http://host:port; put one that speaks only TLS behind a proxy on this machine";
        let rest = url.trim_end_matches('/').strip_prefix("http://").ok_or(why)?;
        let (host, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let address = with_port.to_socket_addrs()?.next().ok_or("the peer's name leads nowhere")?;
        Ok(Self { address, host: host.to_owned(), prefix: prefix.to_owned() })
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Done<Ask> {
        self.ask(Method::GET, path, Some(token), String::new())
    }

    pub(crate) fn ask(&self, method: Method, path: &str, token: Option<&str>, json: String) -> Done<Ask> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.prefix))
            .header(HOST, &self.host)
            .header(ACCEPT, "application/json, text/plain, */*")
            .header(USER_AGENT, "carebase-bench");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Token {token}"));
        }
        if !json.is_empty() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(request.body(Full::new(Bytes::from(json)))?)
    }

    pub(crate) fn socket(&self, path: &str, token: &str) -> String {
        format!("ws://{}{}{path}?token={token}", self.host, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_may_live_below_a_path_but_not_behind_tls() {
        let base = Base::parse("http://127.0.0.1:9000/care/").unwrap();
        assert_eq!(base.address.port(), 9000);
        assert_eq!(base.get("/api/", "t").unwrap().uri().path(), "/care/api/");
        assert_eq!(base.socket("/ws/", "t"), "ws://127.0.0.1:9000/care/ws/?token=t");
        assert!(Base::parse("https://127.0.0.1").is_err());
    }
}
