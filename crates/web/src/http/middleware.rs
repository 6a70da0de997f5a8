//! Around every request: what is logged and counted, whom we serve it as, and the headers of every answer.
use super::{AppState, Refusal, Rejection, family::RouteName};
use crate::{
    connections::{Connection, RequestInProgress, of_request},
    metrics::{REQUEST_SECONDS, REQUESTS},
};
use actix_cors::Cors;
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::{Bytes, Data},
};
use metrics::Label;
use std::{
    borrow::Cow,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tracing::Instrument;
use uuid::Uuid;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes of all header names and values together.
const HEADERS_MAX: usize = 16 * 1024;

/// Gives the request an id, and tells of it when it is done: its route's pattern, never its path, query or body, which may
/// hold ids, tokens and health data.
pub async fn observe<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (started, method) = (Instant::now(), req.method().clone());
    let in_progress = of_request(req.request()).map(Connection::begin_request);
    let mut room = Uuid::encode_buffer();
    let id: &str = Uuid::now_v7().hyphenated().encode_lower(&mut room);
    let span = tracing::info_span!("request", %id);
    let answered = next.call(req).instrument(span.clone()).await;
    let (route, client, status) = match &answered {
        Ok(res) => (route(res.request()), refused_client(res.request(), res.status()), res.status()),
        Err(e) => (None, None, e.as_response_error().status_code()),
    };
    let route = route.unwrap_or(Cow::Borrowed("unknown"));
    let took = started.elapsed();
    span.in_scope(|| {
        let client = client.map(tracing::field::display);
        tracing::info!(%method, %route, status = status.as_u16(), client, us = took.as_micros(), "answered");
    });
    let labels = [
        Label::from_static_parts("method", known(&method)),
        Label::new("route", route),
        Label::new("status", status.as_str().to_owned()),
    ];
    metrics::counter!(REQUESTS, labels.iter()).increment(1);
    metrics::histogram!(REQUEST_SECONDS, labels.iter()).record(took.as_secs_f64());

    let mut res = answered?.map_into_boxed_body();
    if let Ok(id) = HeaderValue::from_str(id) {
        res.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    Ok(match (res.response().body().size(), in_progress) {
        (BodySize::Stream, Some(request)) => {
            res.map_body(|_, body| BoxBody::new(StreamedBody { body, _request: request }))
        }
        // It is handed over whole.
        _ => res,
    })
}

/// A body that comes in pieces: a long list, or the frames of a socket. Its request is in progress until the last of them.
struct StreamedBody {
    body: BoxBody,
    _request: RequestInProgress,
}

impl MessageBody for StreamedBody {
    type Error = <BoxBody as MessageBody>::Error;
    fn size(&self) -> BodySize {
        self.body.size()
    }
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// By its name where it has one: a path with its final slash and without is one route.
fn route(req: &HttpRequest) -> Option<Cow<'static, str>> {
    let named = req.extensions().get::<RouteName>().map(|name| Cow::Borrowed(name.path));
    named.or_else(|| req.match_pattern().map(Cow::Owned))
}

/// The client's address of a refused sign-in: operators look there for guessing, and firewalls block by it.
fn refused_client(req: &HttpRequest, status: StatusCode) -> Option<IpAddr> {
    let refused = status.is_client_error() && req.extensions().get::<RouteName>()?.signs_in;
    refused.then(|| Some(req.app_data::<Data<AppState>>()?.proxies.client(req)))?
}

/// A method is a label of a metric: nobody shall make up a thousand of them.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

const ANY: &str = "*";

/// Whom the operator has us answer as: names, `.example.com` for all of a domain, or `*`.
#[derive(Debug, Clone)]
pub struct Hosts(Vec<String>);

impl Hosts {
    pub fn new(allowed: impl IntoIterator<Item = String>) -> Self {
        Self(allowed.into_iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    /// Whether there is no host that they do not allow.
    pub fn are_named(&self) -> bool {
        !self.0.iter().any(|allowed| allowed == ANY)
    }

    /// What is no host is nobody's, `*` or not: answers repeat it in addresses.
    fn allow(&self, host: &str) -> bool {
        let Some(host) = name_of(host).map(str::to_ascii_lowercase) else { return false };
        self.0.iter().any(|allowed| match allowed.strip_prefix('.') {
            _ if allowed == ANY => true,
            Some(domain) => host == domain || host.ends_with(allowed.as_str()),
            None => host == *allowed,
        })
    }
}

/// The name, or the address in brackets; `None` unless nothing follows it but a port of up to five digits.
fn name_of(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(inside) => inside.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at_checked(end)?;
    let is_digits =
        |digits: &str| (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let good_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_digits);
    let good_name = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.')),
        None => name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')),
    };
    (good_port && good_name && !name.is_empty()).then_some(name)
}

/// What stands between the world and the routes.
#[derive(Debug, Clone)]
pub struct Shield {
    pub hosts: Hosts,
}

/// Refuses strange hosts and huge headers, and puts the security headers on every answer, refusals included.
pub async fn shield<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let https = req.app_data::<Data<AppState>>().is_some_and(|state| state.proxies.is_https(req.request()));
    let offers_upgrade = req.headers().contains_key(header::UPGRADE);
    let mut res = match refusal(&req) {
        Some(refusal) => req.into_response(HttpResponse::from_error(refusal)),
        None => next.call(req).await?.map_into_boxed_body(),
    };
    secure(res.headers_mut(), https);
    // An offer that was not taken up (Java's client offers HTTP/2 with its first request) ends the connection: say so.
    let ends = offers_upgrade && res.status() != StatusCode::SWITCHING_PROTOCOLS;
    if ends || of_request(res.request()).is_some_and(|connection| connection.must_close()) {
        res.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(res)
}

fn refusal(req: &ServiceRequest) -> Option<Refusal> {
    let size: usize = req.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > HEADERS_MAX {
        return Some(Rejection::HeadersTooLarge(HEADERS_MAX).into());
    }
    // Probes of orchestrators ask by address.
    if req.path().starts_with("/health/") {
        return None;
    }
    if of_request(req.request()).is_some_and(|connection| connection.only_health) {
        return Some(Refusal::UNAVAILABLE);
    }
    let host = req.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let allowed = req.app_data::<Data<Shield>>().is_some_and(|shield| shield.hosts.allow(host));
    (!allowed).then(|| Rejection::BadHost.into())
}

/// What a page needs beyond this (the API pages do) it sets itself.
fn secure(headers: &mut HeaderMap, https: bool) {
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in defaults {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if https {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
}

/// For browsers on the clients' own origins: exact ones, no wildcard, no cookies.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"])
        .allowed_headers([
            "accept",
            "authorization",
            "content-type",
            "idempotency-key",
            "user-agent",
            "x-csrftoken",
            "x-requested-with",
            "x-reveal-reason",
        ])
        .expose_headers(["retry-after", "x-request-id"])
        .block_on_origin_mismatch(false)
        .max_age(86_400);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// For every path that no family knows.
pub async fn unknown_path() -> Result<HttpResponse, Refusal> {
    Err(Rejection::UnknownPath.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_allowed_by_its_name_whatever_its_port() {
        let hosts = Hosts::new(["localhost", "[::1]", ".Example.com"].map(str::to_owned));
        for host in ["localhost", "LOCALHOST:8000", "[::1]:8000", "example.com", "api.example.com:443"] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in ["", "evil.com", "localhost.evil.com", "evilexample.com", "example.com.evil.com", "[::2]"]
        {
            assert!(!hosts.allow(host), "{host}");
        }
        assert!(Hosts::new(["*".to_owned()]).allow("anything"));
    }

    #[test]
    fn after_the_name_of_a_host_there_is_a_port_or_nothing() {
        let (some, any) =
            (Hosts::new(["localhost", "[::1]", ".example.com"].map(str::to_owned)), ["*".to_owned()]);
        let any = Hosts::new(any);
        for host in [
            "localhost:80@evil.com",
            "localhost:",
            "localhost:123456",
            "localhost:80:80",
            "localhost/evil",
            "localhost:18866/evil",
            "[::1]evil.com",
            "[::1]:",
            "[::1]:80@evil.com",
            "[::1",
            "[evil.com]",
            "evil@a.example.com",
            "evil/.example.com",
            "evil.com#.example.com",
            "a b",
            ":80",
        ] {
            assert!(!some.allow(host) && !any.allow(host), "{host}");
        }
    }
}
