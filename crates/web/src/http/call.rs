//! One request: who says they are asking, and what they sent. Nothing of it is judged on the async threads but its form;
//! the use case, its authentication included, is one hop to a thread that may block.
use super::{
    Answer, BlockingSlots, Family, Input, Kit, Problem, Query, Reception, Reply, body,
    limits::Door,
    run::{deadline_from_now, run},
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        Method, StatusCode,
        header::{ACCEPT, AUTHORIZATION},
    },
    web::{self, Data},
};
use domain::identity::{Admission, Caller, TokenHash};
use std::{future::Future, net::IpAddr, pin::Pin, time::Instant};
use tokio::sync::OwnedSemaphorePermit;

pub(crate) struct Call {
    kit: Data<Kit>,
    reception: Reception,
    slots: BlockingSlots,
    token: Result<Option<String>, Problem>,
    input: Result<Input, Problem>,
    query: Query,
    address: IpAddr,
    /// When the caller is told to come back, whatever the house is doing for them.
    deadline: Instant,
    pub method: Method,
}

/// What a use case gets: the caller, and what they sent.
pub(crate) struct Asked {
    pub caller: Caller,
    /// By which the caller is known.
    pub session: TokenHash,
    pub query: Query,
    input: Result<Input, Problem>,
}

impl Asked {
    /// The body. Asked for after the caller is known, and only by the calls that need one.
    pub(crate) fn input(&self) -> Result<&Input, Problem> {
        self.input.as_ref().map_err(Clone::clone)
    }
}

impl Call {
    /// The body, if there is a good one.
    pub(crate) fn input(&self) -> Option<&Input> {
        self.input.as_ref().ok()
    }

    /// The scheme and host at which clients find our sockets.
    pub(crate) fn socket_base(&self, req: &HttpRequest) -> String {
        self.kit.socket_base(req)
    }

    /// Who asks, for a call that needs no more than that. Callers who come at the same moment are looked at together.
    pub(crate) async fn caller(self) -> Result<Caller, Problem> {
        self.reception.caller(self.token?.ok_or_else(Problem::not_authenticated)?, self.deadline).await
    }

    /// How many lines of the caller's bell are unread: as [`caller`](Self::caller).
    pub(crate) async fn unread(self) -> Result<u64, Problem> {
        self.reception.unread(self.token?.ok_or_else(Problem::not_authenticated)?, self.deadline).await
    }

    /// A call for holders of a token.
    pub(crate) async fn signed(
        self,
        case: impl FnOnce(Asked) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.signed_with((), case).await
    }

    /// The same, for a call that hashes a password. The token is looked at before there is any work for it, and a caller
    /// has as many tries as somebody who signs in.
    pub(crate) async fn signed_hashing(
        self,
        case: impl FnOnce(Asked) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        let token = self.token.clone()?.ok_or_else(Problem::not_authenticated)?;
        let kit = self.kit.clone();
        let caller = run(self.deadline, move || Ok(kit.identity.authenticate(&token)?)).await?;
        self.kit.limits.check(Door::Login, self.address, &caller.person.username)?;
        let place = self.kit.gate.enter(self.deadline).await?;
        self.signed_with(place, case).await
    }

    /// A call for anybody. A token that is sent along is refused all the same if it is a wrong one.
    pub(crate) async fn open(
        self,
        case: impl FnOnce(Result<Input, Problem>) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.open_with((), case).await
    }

    /// The same, for a call that hashes a password: limited by address and by the account that it is about.
    pub(crate) async fn open_hashing(
        self,
        door: Door,
        account: &str,
        case: impl FnOnce(Result<Input, Problem>) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.kit.limits.check(door, self.address, account)?;
        let place = self.kit.gate.enter(self.deadline).await?;
        self.open_with(place, case).await
    }

    async fn slot(&self) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        Ok(match self.method {
            Method::GET | Method::HEAD => Some(self.slots.reads.take(self.deadline).await?),
            _ => None,
        })
    }

    /// `held` is let go when the work is done, not when the caller goes away: their work goes on without them.
    async fn signed_with(
        self,
        held: impl Send + 'static,
        case: impl FnOnce(Asked) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        let held = (held, self.slot().await?);
        let token = self.token?.ok_or_else(Problem::not_authenticated)?;
        let (kit, query, input) = (self.kit, self.query, self.input);
        let reply = run(self.deadline, move || {
            let _held = held;
            let Admission { caller, session } = kit.identity.admit(&token)?;
            case(Asked { caller, session, query, input })
        });
        Ok(reply.await?.into_response())
    }

    /// As [`signed_with`](Self::signed_with).
    async fn open_with(
        self,
        held: impl Send + 'static,
        case: impl FnOnce(Result<Input, Problem>) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        let held = (held, self.slot().await?);
        let (kit, token, input) = (self.kit, self.token?, self.input);
        let reply = run(self.deadline, move || {
            let _held = held;
            if let Some(token) = token {
                kit.identity.authenticate(&token)?;
            }
            case(input)
        });
        Ok(reply.await?.into_response())
    }
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), web::Payload::from_request(&req.clone(), payload));
        Box::pin(async move {
            let kit = req.app_data::<Data<Kit>>().ok_or_else(|| Problem::broken("no kit is wired"))?.clone();
            let reception =
                req.app_data::<Reception>().ok_or_else(|| Problem::broken("no reception is wired"))?.clone();
            let slots =
                req.app_data::<BlockingSlots>().ok_or_else(|| Problem::broken("no slots are wired"))?.clone();
            let family =
                req.app_data::<&'static Family>().ok_or_else(|| Problem::broken("no family is wired"))?;
            if !accepts_json(&req) {
                let message = "Could not satisfy the request Accept header.";
                return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", message));
            }
            let payload = payload.await.map_err(|e| Problem::bad_request("broken_body", e))?;
            Ok(Self {
                token: token(&req, family.scheme),
                // Read to its end in any case, so that the connection can be used again.
                input: body::read(&req, payload).await,
                query: Query::parse(req.query_string()),
                address: kit.proxies.client(&req),
                // From here on: how long the body took is the client's affair.
                deadline: deadline_from_now(),
                method: req.method().clone(),
                kit,
                reception,
                slots,
            })
        })
    }
}

/// The token of `Authorization: <scheme> <token>`, the scheme in any case. Another scheme is no token at all.
pub(crate) fn token(req: &HttpRequest, scheme: &str) -> Result<Option<String>, Problem> {
    let Some(header) = req.headers().get(AUTHORIZATION) else { return Ok(None) };
    let raw = header.as_bytes();
    let mut words = raw.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    if !words.next().is_some_and(|word| word.eq_ignore_ascii_case(scheme.as_bytes())) {
        return Ok(None);
    }
    let refused = |message| Err(Problem::unauthenticated("bad_token_header", message));
    match (words.next(), words.next()) {
        (None, _) => refused("Invalid token header. No credentials provided."),
        (Some(_), Some(_)) => refused("Invalid token header. Token string should not contain spaces."),
        (Some(token), None) => match std::str::from_utf8(token) {
            Ok(token) if token.is_ascii() => Ok(Some(token.to_owned())),
            _ => refused("Invalid token header. Token string should not contain invalid characters."),
        },
    }
}

/// Whether an answer in JSON would do. Clients that ask for a page get JSON too.
fn accepts_json(req: &HttpRequest) -> bool {
    let Some(accept) = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok()) else { return true };
    let mut ranges = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    ranges.any(|range| {
        let range = range.to_ascii_lowercase();
        matches!(range.as_str(), "" | "*/*" | "application/json" | "application/*" | "text/html" | "text/*")
    })
}
