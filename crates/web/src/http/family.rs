//! A wire family: how its clients say who they are, and how they expect to be refused.
use super::Problem;
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
};

pub(crate) struct Family {
    /// The word before the token in `Authorization`, and in `WWW-Authenticate`.
    pub scheme: &'static str,
    /// A refusal in this family's status, shape and words. One problem may be said differently for different methods.
    pub refuse: fn(&Problem, &Method) -> HttpResponse,
}

/// What the log and the metrics call a route.
#[derive(Clone, Copy)]
pub(super) struct RouteName(pub(super) &'static str);

/// Says every [`Problem`] of a resource in its family's words, and gives the route its name.
pub(crate) async fn speak<B: MessageBody + 'static>(
    family: &'static Family,
    name: &'static str,
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let method = req.method().clone();
    req.extensions_mut().insert(RouteName(name));
    let res = next.call(req).await?;
    let problem = res.response().error().and_then(|e| e.as_error::<Problem>());
    let said = problem.map(|problem| {
        let mut response = (family.refuse)(problem, &method);
        problem.dress(&mut response, family.scheme);
        response
    });
    Ok(match said {
        Some(words) => res.into_response(words),
        None => res.map_into_boxed_body(),
    })
}
