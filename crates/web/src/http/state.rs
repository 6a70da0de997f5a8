//! What the request layer needs of the application.
use super::{Fingerprints, HashLimiter, Limits, ThreadPools};
use crate::address::Proxies;
use actix_web::HttpRequest;
use domain::{identity::IdentityService, outbox::Origin};
use std::sync::Arc;

pub struct AppState {
    pub identity: Arc<IdentityService>,
    pub hash_limiter: HashLimiter,
    pub limits: Limits,
    pub fingerprints: Fingerprints,
    pub proxies: Proxies,
    pub threads: ThreadPools,
    /// Scheme and host that clients use, when the operator says so.
    pub public_url: Option<String>,
    /// Whether the operator has named the hosts that we answer as. If not, a request could have any host written into letters.
    pub hosts_are_named: bool,
}

impl AppState {
    /// Whether clients reach us over TLS: the operator says so, or a trusted proxy.
    pub(crate) fn is_https(&self, req: &HttpRequest) -> bool {
        match &self.public_url {
            Some(url) => url.starts_with("https://"),
            None => self.proxies.is_https(req),
        }
    }

    /// The scheme and host at which clients find our sockets: as the operator says, or as this client came. Its host was
    /// looked at before: it is one that we answer as.
    pub(super) fn socket_base(&self, https: bool, asked: &str) -> String {
        let public = self.public_url.as_deref().and_then(|url| url.split_once("://"));
        let host = public.map_or(asked, |(_, host)| host);
        format!("{}://{host}", if https { "wss" } else { "ws" })
    }
    /// For links in letters.
    pub(super) fn origin(&self, https: bool, asked: &str) -> Option<Origin> {
        match &self.public_url {
            Some(url) => Some(Origin::new(url)),
            None if self.hosts_are_named && !asked.is_empty() => {
                Some(Origin::new(format!("{}://{asked}", if https { "https" } else { "http" })))
            }
            None => None,
        }
    }
}
