//! One line of a family's URL table. The line says who may call, which kind of handler answers, whether a password is hashed
//! and how long it may take; path, method and documentation come from the handler's `#[utoipa::path]`. What a handler gets
//! proves what the line says: one that needs a doctor takes a [`Doctor`], and nothing but the check for it makes one.
use super::{
    AuthedRequest, Family, HandlerResult, Input, LimitedAction, Query, Refusal, Request, WaitingRequest,
    batch::{AuthBatcher, Batch},
    request::Incoming,
    route_settings::{Limit, RouteSettings},
};
use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::Method, web::Data};
use domain::identity::{Caller, Doctor, Patient};
use std::{future::Future, pin::Pin, rc::Rc, sync::Arc, time::Duration};
use utoipa::openapi::{OpenApi, path::PathItem};

/// `route!(authenticated notes::write)`: who may call, and the handler.
#[macro_export]
macro_rules! route {
    ($access:ident $($handler:ident)::+) => {{
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler)::+))]
        struct Documented;
        $crate::http::Route::documented(<Documented as utoipa::OpenApi>::openapi).$access($($handler)::+)
    }};
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    Authenticated,
    /// Authenticated, and with a role.
    Role,
}

type HandlerFuture = Pin<Box<dyn Future<Output = Result<HttpResponse, Refusal>>>>;
type Handler = Rc<dyn Fn(HttpRequest, Payload) -> HandlerFuture>;
/// Makes the handler for one worker.
type Factory = Arc<dyn Fn(&'static Family, RouteSettings) -> Handler + Send + Sync>;

#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: String,
    pub access: Access,
    /// Whether tries are limited.
    pub limited: bool,
    pub idempotent: bool,
    /// What the handler refuses, besides what the request layer refuses for every route.
    pub refusals: Vec<Refusal>,
    /// Made when it is asked for: those of all routes would take a megabyte of each worker.
    pub document: fn() -> OpenApi,
    settings: RouteSettings,
    factory: Factory,
}

impl Route {
    /// # Panics
    /// Unless the document has one path with one method: at start, for everybody to see.
    #[expect(clippy::panic, reason = "a URL table that cannot be read ends the start, in every test")]
    pub fn documented(document: fn() -> OpenApi) -> Self {
        let Some((path, method)) = only_operation(&document()) else {
            panic!("a route has one path and one method")
        };
        Self {
            method,
            path,
            access: Access::Public,
            limited: false,
            idempotent: false,
            refusals: vec![],
            document,
            settings: RouteSettings::default(),
            factory: Arc::new(|_, _| {
                Rc::new(|_, _| Box::pin(async { Err(Refusal::internal("a route has no handler")) }))
            }),
        }
    }

    /// For anybody.
    pub fn public<S: Send + Sync + 'static>(self, handler: fn(&Request, &S) -> HandlerResult) -> Self {
        self.answered(Access::Public, move |incoming, settings, service: Data<S>| async move {
            let held = incoming.hash_permit_for_anybody(settings).await?;
            incoming.run_public(held, move |request| handler(&request, &service)).await
        })
    }

    /// For everybody with a good credential.
    pub fn authenticated<S: Send + Sync + 'static>(
        self,
        handler: fn(&AuthedRequest, &S) -> HandlerResult,
    ) -> Self {
        self.proved(Access::Authenticated, move |request, service: &S| handler(request, service))
    }

    pub fn patient<S: Send + Sync + 'static>(
        self,
        handler: fn(&AuthedRequest, Patient<'_>, &S) -> HandlerResult,
    ) -> Self {
        self.proved(Access::Role, move |request, service: &S| {
            handler(request, request.caller.patient()?, service)
        })
    }

    pub fn doctor<S: Send + Sync + 'static>(
        self,
        handler: fn(&AuthedRequest, Doctor<'_>, &S) -> HandlerResult,
    ) -> Self {
        self.proved(Access::Role, move |request, service: &S| {
            handler(request, request.caller.doctor()?, service)
        })
    }

    /// For everybody with a good credential; the answer is a list of any length, written page by page.
    pub fn streams<S: Send + Sync + 'static>(
        self,
        handler: fn(AuthedRequest, Arc<S>) -> HandlerResult,
    ) -> Self {
        self.answered(Access::Authenticated, move |incoming, _settings, service: Data<S>| {
            incoming.run_authenticated((), move |request| handler(request, service.into_inner()))
        })
    }

    /// For everybody with a good credential, who waits for somebody outside: a mail server, a model. The handler awaits
    /// without a thread, and outside any transaction.
    pub fn waits<S, F>(self, handler: fn(WaitingRequest<S>) -> F) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = HandlerResult> + 'static,
    {
        self.answered(Access::Authenticated, move |incoming, _settings, service: Data<S>| async move {
            let (deadline, threads) = (incoming.deadline, incoming.threads.clone());
            let request = incoming.run_authenticated((), Ok).await?;
            let answer = handler(WaitingRequest::new(request, service.into_inner(), threads, deadline));
            tokio::time::timeout_at(deadline.into(), answer).await.unwrap_or(Err(Refusal::UNAVAILABLE))
        })
    }

    /// For everybody with a good credential, where the answer depends on nothing but the caller: callers who ask at the same
    /// moment share one lookup. The handler answers all of them, in their order.
    pub fn batched<S: Send + Sync + 'static>(
        mut self,
        handler: fn(&[&Caller], &S) -> Result<Vec<super::Reply>, Refusal>,
    ) -> Self {
        self.access = Access::Authenticated;
        self.factory = Arc::new(move |family, settings| {
            // One for each worker, made when its first request comes.
            let batcher: Rc<std::cell::OnceCell<AuthBatcher>> = Rc::default();
            Rc::new(move |http, payload| {
                let batcher = batcher.clone();
                Box::pin(async move {
                    let service = service::<S>(&http)?;
                    let incoming = Incoming::read(&http, payload, family, settings).await?;
                    let credential = incoming.required_credential()?;
                    let batch = || {
                        let answer = move |callers: &[&Caller]| handler(callers, &service);
                        let identity = incoming.state.identity.clone();
                        AuthBatcher::new(Batch {
                            threads: incoming.state.threads.reserved.clone(),
                            authentication: family.authentication,
                            identity,
                            answer: Arc::new(answer),
                        })
                    };
                    let batcher = batcher.get_or_init(batch).clone();
                    Ok(batcher.ask(credential, incoming.deadline).await?.into_response(&incoming.threads))
                })
            })
        });
        self
    }

    /// The handler hashes a password that the body holds: tries are limited by address and by account.
    pub fn hashes(self, action: LimitedAction, account: fn(&Input) -> String) -> Self {
        self.with_limit(Limit { action, hashes: true, applies: |_| true, account })
    }

    /// The same where only some bodies hold a password. The account is the caller's.
    pub fn hashes_when(self, action: LimitedAction, applies: fn(&Input) -> bool) -> Self {
        self.with_limit(Limit { action, hashes: true, applies, account: |_| String::new() })
    }

    /// For anybody, who may try so often: by address, and by the account that the body names.
    pub fn limited(self, action: LimitedAction, account: fn(&Input) -> String) -> Self {
        self.with_limit(Limit { action, hashes: false, applies: |_| true, account })
    }

    /// `HEAD` is known where `GET` is, unless that changes something.
    pub fn has_head(&self) -> bool {
        self.method == Method::GET && !self.settings.unsafe_get
    }

    pub(super) fn has_unsafe_get(&self) -> bool {
        self.settings.unsafe_get
    }

    pub(super) fn signs_in(&self) -> bool {
        self.access == Access::Public
            && self.settings.limit.is_some_and(|limit| limit.action == LimitedAction::Login)
    }

    fn with_limit(self, limit: Limit) -> Self {
        Self { limited: true, settings: RouteSettings { limit: Some(limit), ..self.settings }, ..self }
    }

    /// When the caller is told that it took too long, instead of 2.3 seconds.
    pub fn deadline(mut self, patience: Duration) -> Self {
        self.settings = RouteSettings { patience: Some(patience), ..self.settings };
        self
    }

    /// An overloaded server refuses others first, and this waits for none of them. For what somebody in need or in danger does,
    /// and is little work.
    pub fn never_shed(mut self) -> Self {
        self.settings = RouteSettings { never_shed: true, ..self.settings };
        self
    }

    /// The same for some bodies. What is asked here holds up the worker's other requests: it must take less than a millisecond.
    pub fn never_shed_when(mut self, is_urgent: fn(&HttpRequest, &Input) -> bool) -> Self {
        self.settings = RouteSettings { never_shed_when: Some(is_urgent), ..self.settings };
        self
    }

    /// Clients that accept `text/event-stream` are answered by [`Reply::events`](super::Reply::events).
    pub fn sends_events(mut self) -> Self {
        self.settings = RouteSettings { sends_events: true, ..self.settings };
        self
    }

    /// Old clients change something by GET, which HTTP calls a safe method (RFC 9110, 9.2.1): no HEAD, no prefetch, no cache.
    pub fn unsafe_get(mut self) -> Self {
        self.settings = RouteSettings { unsafe_get: true, ..self.settings };
        self
    }

    /// A `GET` that may be written into the audit log. On SQLite it waits for a COMMIT then, and runs on the threads of changes: a few
    /// of these would hold up everybody's reads.
    pub fn audited(self) -> Self {
        self.audited_when(|_query| true)
    }

    /// The same for some queries.
    pub fn audited_when(mut self, is_audited: fn(&Query) -> bool) -> Self {
        self.settings = RouteSettings { audited_when: Some(is_audited), ..self.settings };
        self
    }

    /// Whether a `GET` with this query runs on the threads of changes.
    pub fn is_audited(&self, query: &Query) -> bool {
        self.settings.is_audited(query)
    }

    /// A public route at which a credential means nothing, not even a wrong one.
    pub fn ignores_credential(mut self) -> Self {
        self.settings = RouteSettings { ignores_credential: true, ..self.settings };
        self
    }

    /// `Idempotency-Key` is known here: whatever the handler makes of the caller's name ([`Created`](domain::owned::Created)) is made
    /// once for each key. For a `POST` with a credential; never where an answer holds a secret.
    pub fn idempotent(mut self) -> Self {
        self.settings = RouteSettings { idempotent: true, ..self.settings };
        self.idempotent = true;
        self
    }

    /// What the handler refuses, for the API document: its status and example come from rendering these.
    pub fn refuses(mut self, refusals: impl IntoIterator<Item = impl Into<Refusal>>) -> Self {
        self.refusals.extend(refusals.into_iter().map(Into::into));
        self
    }

    pub(super) fn handler(&self, family: &'static Family) -> Handler {
        (self.factory)(family, self.settings)
    }

    fn proved<S: Send + Sync + 'static>(
        self,
        access: Access,
        handler: impl Fn(&AuthedRequest, &S) -> HandlerResult + Copy + Send + Sync + 'static,
    ) -> Self {
        self.answered(access, move |incoming, settings, service: Data<S>| async move {
            let held = incoming.hash_permit_for_caller(settings).await?;
            incoming.run_authenticated(held, move |request| handler(&request, &service)).await
        })
    }

    fn answered<S, F>(
        mut self,
        access: Access,
        answer: impl Fn(Incoming, RouteSettings, Data<S>) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = HandlerResult> + 'static,
    {
        self.access = access;
        self.factory = Arc::new(move |family, settings| {
            Rc::new(move |http, payload| {
                Box::pin(async move {
                    let service = service::<S>(&http)?;
                    let incoming = Incoming::read(&http, payload, family, settings).await?;
                    let threads = incoming.threads.clone();
                    Ok(answer(incoming, settings, service).await?.into_response(&threads))
                })
            })
        });
        self
    }
}

fn service<S: 'static>(http: &HttpRequest) -> Result<Data<S>, Refusal> {
    let service = http.app_data::<Data<S>>().cloned();
    service.ok_or_else(|| Refusal::internal(format!("no {} is wired", std::any::type_name::<S>())))
}

fn only_operation(document: &OpenApi) -> Option<(String, Method)> {
    let mut paths = document.paths.paths.iter();
    let (path, item) = paths.next().filter(|_| document.paths.paths.len() == 1)?;
    let PathItem { get, put, post, patch, delete, .. } = item;
    let mut methods = [
        (get, Method::GET),
        (put, Method::PUT),
        (post, Method::POST),
        (patch, Method::PATCH),
        (delete, Method::DELETE),
    ]
    .into_iter()
    .filter_map(|(operation, method)| operation.as_ref().map(|_| method));
    Some((path.clone(), methods.next().filter(|_| methods.next().is_none())?))
}
