//! The upgrade of a request to a socket. Whatever is refused is refused as an answer in HTTP, before the connection becomes a
//! socket.
use super::{
    Live, SocketHandler, guard,
    hub::{Full, NewSubscription},
    socket,
    task::TaskThreads,
};
use crate::{
    connections::of_request,
    http::{AppState, Authentication, Query, Refusal, Rejection, SocketSlots, wants_a_socket},
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{HOST, ORIGIN},
    web::{self, Data},
};
use domain::{
    events::{Seq, Topic},
    identity::{IdentityService, Rights, Session},
    shared::{FieldError, FieldErrors},
};
use std::{future::Future, pin::Pin};

/// What a client says who it is by. Looked at on a thread that may block.
pub type Credential = Box<dyn FnOnce(&IdentityService) -> Result<Session, Refusal> + Send>;

/// How the clients of a socket say who they are. Each family brings its own.
pub trait SocketAuthenticator: Sync {
    /// The credential that the request carries, if it does.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    fn credential(&self, request: &HttpRequest, query: &Query) -> Result<Option<Credential>, Refusal>;
    /// The subprotocol that the answer names. A browser breaks the connection off when it offered some and none is named.
    fn subprotocol(&self, request: &HttpRequest) -> Option<String>;
}

/// As the requests of its family.
impl SocketAuthenticator for &'static dyn Authentication {
    fn credential(&self, request: &HttpRequest, _query: &Query) -> Result<Option<Credential>, Refusal> {
        let authentication = *self;
        let checked = move |credential: String| -> Credential {
            Box::new(move |identity| authentication.authenticate(identity, &credential))
        };
        Ok(authentication.credential(request)?.map(checked))
    }
    fn subprotocol(&self, _request: &HttpRequest) -> Option<String> {
        None
    }
}

/// A request that is to become a socket.
pub struct SocketUpgrade {
    request: HttpRequest,
    payload: web::Payload,
}

/// What a client is let in for.
pub struct Admitted<H> {
    session: Session,
    topic: Topic,
    handler: H,
    may_stay: fn(&Rights) -> bool,
}

impl<H> Admitted<H> {
    /// The client may follow the topic for as long as its session is open.
    pub fn new(session: Session, topic: Topic, handler: H) -> Self {
        Self { session, topic, handler, may_stay: |_open| true }
    }
    /// And for as long as an open session has this right.
    pub fn only_while(self, may_stay: fn(&Rights) -> bool) -> Self {
        Self { may_stay, ..self }
    }
}

impl FromRequest for SocketUpgrade {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let payload = payload.await.map_err(|e| Rejection::BrokenBody(e.to_string()))?;
            Ok(Self { request, payload })
        })
    }
}

impl SocketUpgrade {
    /// Lets the client in, if `use_case` does: it gets who is asking, and the number after which the client wants to hear; `None`
    /// for all there is.
    pub async fn accept<H: SocketHandler + Send>(
        self,
        authenticator: &dyn SocketAuthenticator,
        use_case: impl FnOnce(Session, Option<Seq>) -> Result<Admitted<H>, Refusal> + Send + 'static,
    ) -> Result<HttpResponse, Refusal> {
        let Self { request, payload } = self;
        let live =
            request.app_data::<Data<Live>>().ok_or_else(|| Refusal::internal("sockets are not wired"))?;
        let state =
            request.app_data::<Data<AppState>>().ok_or_else(|| Refusal::internal("no state is wired"))?;
        let slots = request.app_data::<SocketSlots>().cloned();
        let slots = slots.ok_or_else(|| Refusal::internal("sockets have no threads"))?;
        let threads = TaskThreads { threads: state.threads.changes.clone(), slots };
        let query = Query::parse(request.query_string());
        let credential = authenticator.credential(&request, &query)?.ok_or(Refusal::NOT_AUTHENTICATED)?;
        if !is_from_here(&request, &live.origins, state.is_https(&request)) {
            return Err(Rejection::ForeignOrigin.into());
        }
        if !wants_a_socket(&request) {
            return Err(Rejection::UpgradeRequired.into());
        }
        let after = after(&query)?;
        let payload = guard::guarded(&request, payload).await?;
        // Before the credential, which may be good for one use: what is not a good handshake is no try.
        let protocol = authenticator.subprotocol(&request);
        let protocols: Vec<&str> = protocol.iter().map(String::as_str).collect();
        let (response, session, stream) = actix_ws::handle_with_protocols(&request, payload, &protocols)
            .map_err(|e| Rejection::BadHandshake(e.to_string()))?;
        let identity = live.identity.clone();
        let admitted = threads.run(move || use_case(credential(&identity)?, after)).await?;
        let Admitted { session: Session { caller, session: known_by }, topic, handler, may_stay } = admitted;
        let asked = NewSubscription { account: caller.id(), session: known_by, topic, may_stay };
        match live.hub.join(asked, live.limits.per_account.get()) {
            Ok(subscription) => {
                let connection = of_request(&request).cloned().unwrap_or_default();
                socket::open(handler, subscription, session, stream, connection, live.limits, threads);
            }
            Err(Full::Draining) => return Err(Refusal::UNAVAILABLE),
            Err(Full::Account) => {
                let why = Rejection::TooManySockets(live.limits.per_account.get()).to_string();
                actix_web::rt::spawn(socket::close_refused(session, handler.refusal(&why, None)));
            }
        }
        Ok(response)
    }
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
    let seq = number.map(Seq::new).ok_or_else(|| FieldErrors::one("after_id", FieldError::NotInteger))?;
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
}
