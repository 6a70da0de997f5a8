//! What every family needs: who is asking, what they sent, a thread that may block, a problem, and words to say it in.
mod address;
mod body;
mod call;
mod family;
mod fields;
mod gate;
mod limits;
mod middleware;
mod problem;
mod query;
mod reception;
mod reply;
mod resource;
mod run;
mod slots;
mod values;

pub use address::Proxies;
pub(crate) use body::{Input, wants_a_socket};
pub(crate) use call::{Asked, Call, token};
pub(crate) use family::Family;
pub(crate) use fields::Fields;
pub use gate::HashingGate;
pub(crate) use limits::Door;
pub use limits::{BadRate, Limits, Rate};
pub use middleware::{Hosts, Shield, cors, observe, shield, unknown_path};
pub use problem::Problem;
pub(crate) use query::Query;
pub use reception::Reception;
pub(crate) use reply::{Answer, Reply};
pub use resource::Route;
pub(crate) use resource::{Resource, register};
pub(crate) use run::{deadline_from_now, run};
pub use slots::{BlockingSlots, Slots};
pub(crate) use values::{boolean, choice, date, integer, reference, text};

use actix_web::{HttpRequest, http::header::HOST};
use domain::identity::IdentityService;
use std::sync::Arc;

/// What the kit itself needs of the house.
pub struct Kit {
    pub identity: Arc<IdentityService>,
    pub gate: HashingGate,
    pub limits: Limits,
    pub proxies: Proxies,
    /// Scheme and host that clients use, when the operator says so.
    pub public_url: Option<String>,
}

impl Kit {
    /// Whether clients reach us over TLS: the operator says so, or a trusted proxy.
    pub(crate) fn is_https(&self, req: &HttpRequest) -> bool {
        match &self.public_url {
            Some(url) => url.starts_with("https://"),
            None => self.proxies.is_https(req),
        }
    }

    /// The scheme and host at which clients find our sockets: as the operator says, or as this client came. Its host was
    /// looked at before: it is one that we answer as.
    fn socket_base(&self, req: &HttpRequest) -> String {
        let public = self.public_url.as_deref().and_then(|url| url.split_once("://"));
        let asked = req.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let (secure, host) = (self.is_https(req), public.map_or(asked, |(_, host)| host));
        format!("{}://{host}", if secure { "wss" } else { "ws" })
    }
}
