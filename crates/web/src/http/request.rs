//! One request, taken apart. Nothing of it is judged here but its form: who asks is settled first, and the body is asked for
//! by the use cases that need one.
use super::{
    AppState, Family, Input, Query, Refusal, Rejection,
    accept::accepts,
    blocking::{PATIENCE, run_blocking},
    body,
    idempotency::key_of,
    limits::LimitedAction,
    route_settings::RouteSettings,
    threads::Threads,
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        Method,
        header::{HOST, HeaderValue},
    },
    web::{self, Data, Path},
};
use domain::{
    identity::{Caller, Session, TokenHash},
    outbox::Origin,
    shared::IdempotencyKey,
};
use std::{net::IpAddr, sync::Arc, time::Instant};

/// What a handler for anybody gets.
pub struct Request {
    pub method: Method,
    pub query: Query,
    /// On routes that send them.
    pub wants_events: bool,
    https: bool,
    host: Option<HeaderValue>,
    state: Data<AppState>,
    path: Vec<(String, String)>,
    input: Result<Input, Refusal>,
}

/// What a handler gets after its caller was authenticated, on the thread that may block.
pub struct AuthedRequest {
    pub caller: Caller,
    /// By which the caller is known.
    pub session: TokenHash,
    request: Request,
}

impl Request {
    /// # Errors
    /// A body that could not be read.
    pub fn input(&self) -> Result<&Input, Refusal> {
        self.input.as_ref().map_err(Clone::clone)
    }

    /// The scheme and host at which clients find our sockets.
    pub fn socket_base(&self) -> String {
        let asked = self.host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.state.socket_base(self.https, asked)
    }

    /// Where links lead that this request causes to be written: as the operator says, or to where it came. `None` where
    /// neither is to be trusted: then letters have no links.
    pub fn origin(&self) -> Option<Origin> {
        let asked = self.host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.state.origin(self.https, asked)
    }

    /// The id that stands in the path at `{name}`. `None` for one that is too large to be anybody's.
    ///
    /// # Errors
    /// [`Rejection::UnknownPath`] for anything but digits.
    pub fn path_id(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let digits = self.path(name);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Rejection::UnknownPath.into());
        }
        Ok(digits.parse().ok())
    }

    /// What stands in the path at `{name}`, percent-decoded.
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl std::ops::Deref for AuthedRequest {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.request
    }
}

/// A request on the async side, before its handler.
pub(super) struct Incoming {
    pub request: Request,
    pub state: Data<AppState>,
    pub family: &'static Family,
    pub credential: Result<Option<String>, Refusal>,
    pub deadline: Instant,
    address: IpAddr,
    pub threads: Threads,
    key: Result<Option<IdempotencyKey>, Refusal>,
}

impl Incoming {
    /// # Errors
    /// An `Accept` that no answer of ours fits. Everything else is told by the parts when they are asked for.
    pub(super) async fn read(
        http: &HttpRequest,
        payload: Payload,
        family: &'static Family,
        settings: RouteSettings,
    ) -> Result<Self, Refusal> {
        let state =
            http.app_data::<Data<AppState>>().ok_or_else(|| Refusal::internal("no state is wired"))?;
        let wants_events = settings.sends_events && accepts(http, &EVENTS);
        if !wants_events && !accepts(http, &JSON) {
            return Err(Rejection::NotAcceptable.into());
        }
        let payload = web::Payload::from_request(http, &mut { payload }).await;
        let payload = payload.map_err(|e| Rejection::BrokenBody(e.to_string()))?;
        // Read to its end in any case, so that the connection can be used again.
        let input = body::read(http, payload).await;
        let query = Query::parse(http.query_string());
        let is_urgent = settings.never_shed
            || settings.never_shed_when.zip(input.as_ref().ok()).is_some_and(|(ask, input)| ask(http, input));
        let threads = match *http.method() {
            _ if is_urgent => state.threads.reserved_changes.clone(),
            Method::GET | Method::HEAD if !settings.is_audited(&query) => state.threads.reads.clone(),
            _ => state.threads.changes.clone(),
        };
        let key = if settings.idempotent { key_of(http, &state.fingerprints, &input) } else { Ok(None) };
        Ok(Self {
            request: Request {
                method: http.method().clone(),
                query,
                wants_events,
                https: state.is_https(http),
                host: http.headers().get(HOST).cloned(),
                state: state.clone(),
                path: path(http).await,
                input,
            },
            key,
            credential: match settings.ignores_credential {
                true => Ok(None),
                false => family.authentication.credential(http),
            },
            address: state.proxies.client(http),
            // From here on: how long the body took is the client's affair.
            deadline: Instant::now() + settings.patience.unwrap_or(PATIENCE),
            family,
            state: state.clone(),
            threads,
        })
    }

    pub(super) fn required_credential(&self) -> Result<String, Refusal> {
        self.credential.clone()?.ok_or(Refusal::NOT_AUTHENTICATED)
    }

    /// # Errors
    /// 429: too many tries from this address, or about this account.
    pub(super) fn limit(&self, action: LimitedAction, account: &str) -> Result<(), Refusal> {
        self.state.limits.check(action, self.address, account)
    }

    /// Runs a use case for anybody. A credential that is sent along is refused all the same if it is a wrong one.
    pub(super) async fn run_public<T: Send + 'static>(
        self,
        held: impl Send + 'static,
        use_case: impl FnOnce(Request) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { request, state, family, credential, deadline, threads, .. } = self;
        let credential = credential?;
        run_blocking(&threads, deadline, move || {
            // Given back when the work is done, not when the client goes away: the work goes on without them.
            let _held = held;
            if let Some(credential) = credential {
                family.authentication.authenticate(&state.identity, &credential)?;
            }
            use_case(request)
        })
        .await
    }

    /// Runs a use case for its authenticated caller, in the same hop as the authentication.
    pub(super) async fn run_authenticated<T: Send + 'static>(
        self,
        held: impl Send + 'static,
        use_case: impl FnOnce(AuthedRequest) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let credential = self.required_credential()?;
        let Self { request, state, family, deadline, threads, key, .. } = self;
        run_blocking(&threads, deadline, move || {
            let _held = held;
            let Session { mut caller, session } =
                family.authentication.authenticate(&state.identity, &credential)?;
            caller.key = key?;
            use_case(AuthedRequest { caller, session, request })
        })
        .await
    }
}

/// The request of a route that waits for somebody outside: an authenticated caller, and a way back to the threads that may
/// block. Between two use cases no thread and no transaction is held.
pub struct WaitingRequest<S> {
    request: Arc<AuthedRequest>,
    service: Arc<S>,
    threads: Threads,
    deadline: Instant,
}

impl<S: Send + Sync + 'static> WaitingRequest<S> {
    pub(super) fn new(request: AuthedRequest, service: Arc<S>, threads: Threads, deadline: Instant) -> Self {
        Self { request: Arc::new(request), service, threads, deadline }
    }

    pub fn service(&self) -> &S {
        &self.service
    }

    pub fn request(&self) -> &AuthedRequest {
        &self.request
    }

    /// Runs one use case. It has as long as any other request's, and no longer than this one's deadline.
    ///
    /// # Errors
    /// Those of the use case, and 503 when it took too long.
    pub async fn run<T: Send + 'static>(
        &self,
        use_case: impl FnOnce(&AuthedRequest, &S) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_on(&self.threads, use_case).await
    }

    /// The same for what was waited for: an overloaded server refuses others first.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn finish<T: Send + 'static>(
        &self,
        use_case: impl FnOnce(&AuthedRequest, &S) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_on(&self.request.state.threads.reserved_changes, use_case).await
    }

    async fn run_on<T: Send + 'static>(
        &self,
        threads: &Threads,
        use_case: impl FnOnce(&AuthedRequest, &S) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (request, service) = (self.request.clone(), self.service.clone());
        let deadline = self.deadline.min(Instant::now() + PATIENCE);
        run_blocking(threads, deadline, move || use_case(&request, &service)).await
    }
}

/// Percent-decoded.
async fn path(http: &HttpRequest) -> Vec<(String, String)> {
    if http.match_info().is_empty() {
        return vec![];
    }
    let decoded = Path::<Vec<String>>::extract(http).await.map(Path::into_inner).unwrap_or_default();
    http.match_info().iter().map(|(name, _raw)| name.to_owned()).zip(decoded).collect()
}

/// Clients that ask for a page get JSON too.
const JSON: [&str; 6] = ["", "*/*", "application/json", "application/*", "text/html", "text/*"];
const EVENTS: [&str; 1] = ["text/event-stream"];
