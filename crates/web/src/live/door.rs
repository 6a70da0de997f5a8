//! Who may open a socket. Whatever is refused is refused as an answer in HTTP, before the connection becomes a socket.
use super::{
    Live, Program, guard,
    hub::{Follower, Full, Topic},
    socket,
};
use crate::http::{
    AppState, BlockingSlots, Query, Refusal, Rejection, authorization, deadline_from_now, run_blocking,
    wants_a_socket,
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL},
    web::{self, Data},
};
use domain::{
    identity::{Admission, IdentityService},
    messaging::Seq,
    shared::{Invalid, Violations},
};
use std::{
    future::Future,
    net::{Shutdown, TcpStream},
    pin::Pin,
    sync::Arc,
};

/// The protocol that a client offers beside its token, so that the answer need not repeat the token.
const PROTOCOL: &str = "carebase";

/// A second handle on a connection, to end it when its client does not read: everything gentler waits for the client.
#[derive(Clone)]
pub struct Lever(Option<Arc<TcpStream>>);

impl Lever {
    pub fn of(connection: Option<TcpStream>) -> Self {
        Self(connection.map(Arc::new))
    }
    /// At once, whatever waits to be written.
    pub(super) fn cut(&self) {
        self.shut(Shutdown::Both);
    }
    /// After what was written. The client is still heard, so that it hears us to the end.
    pub(super) fn end(&self) {
        self.shut(Shutdown::Write);
    }
    fn shut(&self, half: Shutdown) {
        if let Some(connection) = &self.0 {
            // It may be gone already.
            let _ = connection.shutdown(half);
        }
    }
}

/// How a client says who it is.
enum Pass {
    Token(String),
    Ticket(String),
}

impl Pass {
    fn admit(&self, identity: &IdentityService) -> Result<Admission, Refusal> {
        Ok(match self {
            Self::Token(token) => identity.admit(token)?,
            Self::Ticket(ticket) => identity.admit_by_ticket(ticket)?,
        })
    }
}

/// A client that wants a socket.
pub(crate) struct Door {
    pub live: Data<Live>,
    request: HttpRequest,
    payload: web::Payload,
    pass: Pass,
    /// The number after which the client wants to hear; `None` for all there is.
    pub after: Option<Seq>,
}

/// What a client is let in for.
pub(crate) struct Let<P> {
    pub admission: Admission,
    pub topic: Topic,
    pub program: P,
}

impl FromRequest for Door {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(&request.clone(), payload));
        Box::pin(async move {
            let live =
                request.app_data::<Data<Live>>().ok_or_else(|| Refusal::internal("sockets are not wired"))?;
            let state =
                request.app_data::<Data<AppState>>().ok_or_else(|| Refusal::internal("no state is wired"))?;
            let query = Query::parse(request.query_string());
            let pass = pass(&request, &query)?.ok_or(Refusal::NOT_AUTHENTICATED)?;
            if !is_from_here(&request, &live.origins, state.is_https(&request)) {
                return Err(Rejection::ForeignOrigin.into());
            }
            if !wants_a_socket(&request) {
                return Err(Rejection::UpgradeRequired.into());
            }
            Ok(Self {
                live: live.clone(),
                after: after(&query)?,
                payload: guard::guarded(&request, payload.await).await?,
                pass,
                request,
            })
        })
    }
}

impl Door {
    /// Lets the client in, if `case` does: it gets who is asking, and says what for.
    pub(crate) async fn open<P: Program + Send>(
        self,
        case: impl FnOnce(&Live, Admission, Option<Seq>) -> Result<Let<P>, Refusal> + Send + 'static,
    ) -> Result<HttpResponse, Refusal> {
        let Self { live, request, payload, pass, after } = self;
        // Before a ticket is used up: what is not a good handshake is no try.
        let protocol = protocol(&request);
        let protocols: Vec<&str> = protocol.iter().map(String::as_str).collect();
        let (response, session, stream) = actix_ws::handle_with_protocols(&request, payload, &protocols)
            .map_err(|e| Rejection::BadHandshake(e.to_string()))?;
        let asked = live.clone();
        let let_in = run_blocking(deadline_from_now(), move || {
            let admission = pass.admit(&asked.identity)?;
            case(&asked, admission, after)
        });
        let Let { admission, topic, program } = let_in.await?;
        let account = admission.caller.id();
        let follower = Follower { account, session: admission.session, topic };
        match live.hub.join(follower, live.limits.per_account.get()) {
            Ok(line) => {
                let slots = request.app_data::<BlockingSlots>().map(|slots| slots.sockets.clone());
                let slots = slots.ok_or_else(|| Refusal::internal("sockets have no threads"))?;
                let lever = request.conn_data::<Lever>().cloned().unwrap_or(Lever(None));
                socket::open(program, line, session, stream, lever, live.limits, slots);
            }
            Err(Full::Leaving) => return Err(Refusal::UNAVAILABLE),
            Err(Full::Account) => {
                let why = Rejection::TooManySockets(live.limits.per_account.get()).into();
                actix_web::rt::spawn(async move { socket::refuse(session, &why).await });
            }
        }
        Ok(response)
    }
}

/// In this order: the header, the protocols, a ticket and at last the token in the address, which is what the clients of
/// today do.
fn pass(request: &HttpRequest, query: &Query) -> Result<Option<Pass>, Refusal> {
    if let Some(token) = authorization(request, "Token")? {
        return Ok(Some(Pass::Token(token)));
    }
    let in_protocol = offered(request).find_map(|name| {
        let token = name.strip_prefix("token.").map(|token| Pass::Token(token.to_owned()));
        token.or_else(|| name.strip_prefix("ticket.").map(|ticket| Pass::Ticket(ticket.to_owned())))
    });
    let in_query = |key| query.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    let ticket = || in_query("ticket").map(Pass::Ticket);
    Ok(in_protocol.or_else(ticket).or_else(|| in_query("token").map(Pass::Token)))
}

/// The protocol that the answer names. A browser breaks the connection off when it offered some and none is named.
fn protocol(request: &HttpRequest) -> Option<String> {
    let credential = |name: &&str| name.starts_with("token.") || name.starts_with("ticket.");
    let ours = offered(request).find(|name| *name == PROTOCOL);
    ours.or_else(|| offered(request).find(credential)).map(str::to_owned)
}

fn offered(request: &HttpRequest) -> impl Iterator<Item = &str> {
    let values = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}

/// Browsers open sockets for any page, with no question asked: so a page of a foreign origin is refused here. Clients that
/// are no browsers send no origin.
fn is_from_here(request: &HttpRequest, origins: &[String], https: bool) -> bool {
    let Some(origin) = request.headers().get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if origins.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
        return true;
    }
    // Our own pages. The host was looked at before: it is one that we answer as. Where there is TLS, a page without it may
    // be anybody's.
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let own = |scheme: &str| scheme == "https" || (scheme == "http" && !https);
    origin.split_once("://").zip(host).is_some_and(|((scheme, authority), host)| {
        own(&scheme.to_ascii_lowercase()) && authority.eq_ignore_ascii_case(host)
    })
}

fn after(query: &Query) -> Result<Option<Seq>, Refusal> {
    let Some(raw) = query.get("after_id") else { return Ok(None) };
    let number = raw.trim().parse().ok().filter(|number| *number >= 0);
    let seq = number.map(Seq::new).ok_or_else(|| Violations::one("after_id", Invalid::NotInteger))?;
    Ok(Some(seq))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn request(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        headers.iter().fold(TestRequest::default(), |r, header| r.insert_header(*header)).to_http_request()
    }

    #[test]
    fn a_page_of_a_foreign_origin_opens_nothing() {
        let origins = ["https://app.example.com".to_owned()];
        let allowed = |origin| {
            is_from_here(&request(&[("origin", origin), ("host", "care.example.com:8000")]), &origins, false)
        };
        for origin in ["https://app.example.com", "HTTPS://APP.example.com", "http://care.example.com:8000"] {
            assert!(allowed(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://app.example.com.evil.com",
            "https://evilapp.example.com",
            "https://app.example.com:444",
            "http://app.example.com",
            "http://care.example.com",
            "care.example.com:8000",
            "file://",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
        assert!(is_from_here(&request(&[]), &origins, true), "no browser");
        let own =
            |origin, https| is_from_here(&request(&[("origin", origin), ("host", "a.com")]), &[], https);
        assert!(own("https://a.com", true) && own("https://a.com", false) && own("http://a.com", false));
        assert!(!own("http://a.com", true) && !own("ftp://a.com", false));
    }

    #[test]
    fn the_token_is_found_in_four_places_and_the_safest_counts() {
        let found = |headers: &[(&'static str, &'static str)], query: &str| match pass(
            &request(headers),
            &Query::parse(query),
        )
        .unwrap()
        {
            Some(Pass::Token(token)) => format!("token {token}"),
            Some(Pass::Ticket(ticket)) => format!("ticket {ticket}"),
            None => "none".to_owned(),
        };
        let (header, protocols) = ("authorization", "sec-websocket-protocol");
        assert_eq!(found(&[], "token=q&after_id=3"), "token q");
        assert_eq!(found(&[], "after_id=3&ticket=k&token=q"), "ticket k");
        assert_eq!(found(&[(protocols, "carebase, token.p")], "token=q"), "token p");
        assert_eq!(found(&[(protocols, "ticket.p")], "token=q"), "ticket p");
        assert_eq!(found(&[(header, "Token h"), (protocols, "token.p")], "token=q"), "token h");
        assert_eq!(found(&[(header, "Bearer h")], ""), "none");
        assert_eq!(found(&[], "token="), "none");
        assert!(pass(&request(&[(header, "Token a b")]), &Query::parse("token=q")).is_err());
    }

    #[test]
    fn the_answer_repeats_no_token_when_the_client_offers_another_protocol() {
        let named = |offer| protocol(&request(&[("sec-websocket-protocol", offer)]));
        assert_eq!(named("token.t, carebase").as_deref(), Some("carebase"));
        assert_eq!(named("token.t").as_deref(), Some("token.t"));
        assert_eq!(named("graphql-ws"), None);
    }
}
