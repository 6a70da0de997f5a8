//! One path and its methods. Every path answers with and without its final slash, to HEAD where it answers to GET, to
//! OPTIONS with what it is, and to any other method with what it allows.
use super::{Call, Family, Problem, Reply, family::speak};
use actix_web::{
    Handler, Responder,
    http::Method,
    middleware::from_fn,
    web::{self, ServiceConfig},
};
use serde_json::json;

/// One line of a family's URL table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    /// Whether a caller without a token gets past the door.
    pub open: bool,
}

pub(crate) struct Resource {
    family: &'static Family,
    path: &'static str,
    name: &'static str,
    open: bool,
    routes: Vec<Box<dyn Fn() -> actix_web::Route>>,
    methods: Vec<Method>,
}

/// Fixed paths before those with a variable part: the first are found by comparing text, the others by trying regular
/// expressions, one after another.
pub(crate) fn register(mut resources: Vec<Resource>, cfg: &mut ServiceConfig) {
    resources.sort_by_key(|resource| resource.path.contains('{'));
    resources.into_iter().for_each(|resource| resource.register(cfg));
}

impl Resource {
    /// For holders of a token. `path` ends with a slash.
    pub(crate) fn signed(family: &'static Family, path: &'static str, name: &'static str) -> Self {
        Self { family, path, name, open: false, routes: vec![], methods: vec![] }
    }
    /// For anybody.
    pub(crate) fn open(family: &'static Family, path: &'static str, name: &'static str) -> Self {
        Self { open: true, ..Self::signed(family, path, name) }
    }

    pub(crate) fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let mut with_head = self.on(Method::GET, handler.clone());
        with_head.routes.push(Box::new(move || web::head().to(handler.clone())));
        with_head
    }
    pub(crate) fn on<F, Args>(mut self, method: Method, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.methods.push(method.clone());
        self.routes.push(Box::new(move || web::method(method.clone()).to(handler.clone())));
        self
    }

    pub(crate) fn table(&self) -> impl Iterator<Item = Route> {
        self.methods.iter().map(|method| Route { method: method.clone(), path: self.path, open: self.open })
    }

    /// The path with its final slash and without it, each by itself: actix-web finds one of several patterns of a resource by
    /// a set of regular expressions, which cost more than all else that it does for a request.
    fn register(self, cfg: &mut ServiceConfig) {
        for path in [self.path, self.path.trim_end_matches('/')] {
            self.register_at(path, cfg);
        }
    }

    fn register_at(&self, path: &'static str, cfg: &mut ServiceConfig) {
        let Self { family, name, open, path: known_as, .. } = *self;
        let allow = allowed(&self.methods);
        let mut resource = web::resource(path).app_data(family);
        for route in &self.routes {
            resource = resource.route(route());
        }
        let options = move |call: Call| async move {
            let about = move || {
                Reply::ok(&json!({
                    "name": name,
                    "description": "",
                    "renders": ["application/json"],
                    "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
                }))
            };
            if open { call.open(move |_| about()).await } else { call.signed(move |_| about()).await }
        };
        let refuse = move |call: Call| {
            let problem = Problem::method_not_allowed(&call.method, allow.clone());
            // Who is asking is settled first: a guest learns nothing of a path that is not theirs.
            async move {
                if open {
                    call.open(move |_| Err(problem)).await
                } else {
                    call.signed(move |_| Err(problem)).await
                }
            }
        };
        cfg.service(
            resource
                .route(web::method(Method::OPTIONS).to(options))
                .default_service(web::to(refuse))
                .wrap(from_fn(move |req, next| speak(family, known_as, req, next))),
        );
    }
}

/// As the old servers listed them.
fn allowed(methods: &[Method]) -> String {
    let order = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut names: Vec<&str> = order.iter().filter(|m| methods.contains(m)).map(Method::as_str).collect();
    if methods.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_lists_head_where_there_is_get() {
        assert_eq!(allowed(&[Method::POST]), "POST, OPTIONS");
        assert_eq!(allowed(&[Method::DELETE, Method::GET, Method::POST]), "GET, POST, DELETE, HEAD, OPTIONS");
    }
}
