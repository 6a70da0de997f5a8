//! One path and its routes. Every path answers with and without its final slash, to HEAD where it answers to GET, to
//! OPTIONS with what it is, and to any other method with what it allows.
use super::{
    Access, Family, HandlerResult, Refusal, Rejection, Reply, Route, family::RouteName, request::Incoming,
    route_settings::RouteSettings,
};
use actix_web::{
    FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse,
    http::{
        Method,
        header::{CACHE_CONTROL, HeaderValue},
    },
    web::{self, Payload, ServiceConfig},
};
use std::{collections::HashSet, future::Future, sync::Mutex};

#[derive(Clone)]
pub struct Resource {
    /// What OPTIONS calls it.
    pub name: &'static str,
    pub routes: Vec<Route>,
}

/// A family, and every route that it serves.
pub struct UrlTable {
    pub family: &'static Family,
    pub resources: fn() -> Vec<Resource>,
}

impl UrlTable {
    /// Fixed paths before those with a variable part: the first are found by comparing text, the others by trying regular
    /// expressions, one after another.
    pub fn register(&self, cfg: &mut ServiceConfig) {
        let (variable, fixed): (Vec<_>, Vec<_>) =
            (self.resources)().into_iter().partition(|resource| resource.path().contains('{'));
        fixed.iter().chain(&variable).for_each(|resource| resource.register(self.family, cfg));
    }

    pub fn routes(&self) -> impl Iterator<Item = Route> {
        (self.resources)().into_iter().flat_map(|resource| resource.routes)
    }
}

impl Resource {
    pub fn new(name: &'static str, routes: impl IntoIterator<Item = Route>) -> Self {
        Self { name, routes: routes.into_iter().collect() }
    }

    fn path(&self) -> &str {
        self.routes.first().map_or("", |route| &route.path)
    }

    fn is_public(&self) -> bool {
        self.routes.iter().all(|route| route.access == Access::Public)
    }

    /// The path with its final slash and without it, each by itself: actix-web finds one of several patterns of a resource by
    /// a set of regular expressions, which cost more than all else that it does for a request.
    fn register(&self, family: &'static Family, cfg: &mut ServiceConfig) {
        let path = self.path();
        for written in [path, path.trim_end_matches('/')] {
            self.register_at(written, family, cfg);
        }
    }

    fn register_at(&self, path: &str, family: &'static Family, cfg: &mut ServiceConfig) {
        let (name, is_public) = (self.name, self.is_public());
        let known_as = RouteName { path: interned(self.path()), signs_in: false };
        let mut resource = web::resource(path);
        for route in &self.routes {
            let handler = route.handler(family);
            let known_as = RouteName { signs_in: route.signs_in(), ..known_as };
            let unsafe_get = route.has_unsafe_get();
            let answer = move |http: HttpRequest, payload: Payload| {
                let answer = handler(http.clone(), payload.into_inner());
                answered(family, known_as, unsafe_get, http, answer)
            };
            if route.has_head() {
                resource = resource.route(web::head().to(answer.clone()));
            }
            resource = resource.route(web::method(route.method.clone()).to(answer));
        }
        let options = move |http: HttpRequest, payload: Payload| {
            let answer = answer_generically(http.clone(), payload, family, is_public, move |_| {
                Reply::ok(&(family.options)(name))
            });
            rendered(family, known_as, http, answer)
        };
        let has_head = self.routes.iter().any(Route::has_head);
        let allow = allowed(self.routes.iter().map(|route| &route.method).collect(), has_head);
        let not_allowed = move |http: HttpRequest, payload: Payload| {
            let allow = allow.clone();
            let answer = answer_generically(http.clone(), payload, family, is_public, move |method| {
                Err(Rejection::MethodNotAllowed { method, allow }.into())
            });
            rendered(family, known_as, http, answer)
        };
        cfg.service(
            resource.route(web::method(Method::OPTIONS).to(options)).default_service(web::to(not_allowed)),
        );
    }
}

/// A path that becomes a websocket. Its handler refuses before the upgrade, as its family does.
pub fn register_socket<H, Args>(
    family: &'static Family,
    path: &'static str,
    name: &'static str,
    handler: H,
    cfg: &mut ServiceConfig,
) where
    H: Handler<Args, Output = Result<HttpResponse, Refusal>>,
    Args: FromRequest + 'static,
{
    let known_as = RouteName { path, signs_in: false };
    for written in [path, path.trim_end_matches('/')] {
        let handler = handler.clone();
        let answer = move |http: HttpRequest, payload: Payload| {
            let answer = upgraded(http.clone(), payload, handler.clone());
            rendered(family, known_as, http, answer)
        };
        let options = move |http: HttpRequest, payload: Payload| {
            let answer = answer_generically(http.clone(), payload, family, false, move |_| {
                Reply::ok(&(family.options)(name))
            });
            rendered(family, known_as, http, answer)
        };
        let not_allowed = move |http: HttpRequest, payload: Payload| {
            let answer = answer_generically(http.clone(), payload, family, false, move |method| {
                Err(Rejection::MethodNotAllowed { method, allow: allowed(vec![&Method::GET], true) }.into())
            });
            rendered(family, known_as, http, answer)
        };
        cfg.service(
            web::resource(written)
                .route(web::get().to(answer))
                .route(web::method(Method::OPTIONS).to(options))
                .default_service(web::to(not_allowed)),
        );
    }
}

async fn upgraded<H, Args>(http: HttpRequest, payload: Payload, handler: H) -> Result<HttpResponse, Refusal>
where
    H: Handler<Args, Output = Result<HttpResponse, Refusal>>,
    Args: FromRequest,
{
    let args = Args::from_request(&http, &mut payload.into_inner()).await.map_err(Into::into);
    let refused =
        |e: actix_web::Error| e.as_error::<Refusal>().cloned().unwrap_or(Rejection::UnknownPath.into());
    handler.call(args.map_err(refused)?).await
}

/// Who is asking is settled first: a guest learns nothing of a path that is not theirs.
async fn answer_generically(
    http: HttpRequest,
    payload: Payload,
    family: &'static Family,
    is_public: bool,
    answer: impl FnOnce(Method) -> HandlerResult + Send + 'static,
) -> Result<HttpResponse, Refusal> {
    let incoming = Incoming::read(&http, payload.into_inner(), family, RouteSettings::default()).await?;
    let (method, threads) = (incoming.request.method.clone(), incoming.threads.clone());
    let reply = if is_public {
        incoming.run_public((), move |_| answer(method)).await
    } else {
        incoming.run_authenticated((), move |_| answer(method)).await
    };
    Ok(reply?.into_response(&threads))
}

/// As [`rendered`]. Where `GET` changes something, a prefetch is refused, and no answer may be cached.
async fn answered(
    family: &'static Family,
    route: RouteName,
    unsafe_get: bool,
    http: HttpRequest,
    answer: impl Future<Output = Result<HttpResponse, Refusal>>,
) -> HttpResponse {
    if !unsafe_get {
        return rendered(family, route, http, answer).await;
    }
    let is_prefetch =
        http.method() == Method::GET && PREFETCH_HEADERS.iter().any(|name| says_ahead(&http, name));
    let mut response = match is_prefetch {
        true => rendered(family, route, http, async { Err(Rejection::Prefetched.into()) }).await,
        false => rendered(family, route, http, answer).await,
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Where browsers say that their user has not asked for it yet; the others are those of older ones.
const PREFETCH_HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

fn says_ahead(http: &HttpRequest, header: &str) -> bool {
    let value = http.headers().get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let value = value.to_ascii_lowercase();
    ["prefetch", "prerender", "preview"].iter().any(|word| value.contains(word))
}

/// The answer, or its refusal as the family says it.
pub(super) async fn rendered(
    family: &'static Family,
    route: RouteName,
    http: HttpRequest,
    answer: impl Future<Output = Result<HttpResponse, Refusal>>,
) -> HttpResponse {
    http.extensions_mut().insert(route);
    match answer.await {
        Ok(response) => response,
        Err(refusal) => family.render_refusal(&refusal, http.method()),
    }
}

/// Each path once for the whole process: a label of each request's metrics, and the URL tables never change.
fn interned(path: &str) -> &'static str {
    static PATHS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut paths = PATHS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let paths = paths.get_or_insert_default();
    if let Some(known) = paths.get(path) {
        return known;
    }
    let new: &'static str = Box::leak(path.to_owned().into_boxed_str());
    paths.insert(new);
    new
}

/// As the old servers listed them.
fn allowed(methods: Vec<&Method>, has_head: bool) -> String {
    let order = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut names: Vec<&str> = order.iter().filter(|m| methods.contains(m)).map(Method::as_str).collect();
    if has_head {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_lists_the_methods_in_their_order_and_head_where_it_is_known() {
        assert_eq!(allowed(vec![&Method::POST], false), "POST, OPTIONS");
        let methods = vec![&Method::DELETE, &Method::GET, &Method::POST];
        assert_eq!(allowed(methods, true), "GET, POST, DELETE, HEAD, OPTIONS");
    }
}
