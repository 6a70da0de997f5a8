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
mod reply;
mod resource;
mod run;
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
pub(crate) use reply::{Answer, Reply};
pub(crate) use resource::Resource;
pub use resource::Route;
pub(crate) use run::{deadline_from_now, run};
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
    /// The scheme and host at which clients find our sockets: as the operator says, or as this client came. Its host was
    /// looked at before: it is one that we answer as.
    fn socket_base(&self, req: &HttpRequest) -> String {
        let (secure, host) = match self.public_url.as_deref().and_then(|url| url.split_once("://")) {
            Some((scheme, host)) => (scheme == "https", host.to_owned()),
            None => {
                let host = req.headers().get(HOST).and_then(|host| host.to_str().ok());
                (self.proxies.is_https(req), host.unwrap_or_default().to_owned())
            }
        };
        format!("{}://{host}", if secure { "wss" } else { "ws" })
    }
}
