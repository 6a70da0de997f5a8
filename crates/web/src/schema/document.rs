//! The API document: each family's part, made from its URL table. What a family refuses is rendered by the family itself, so
//! that the document cannot tell otherwise than the server does.
use crate::http::{Access, Family, Refusal, Rejection, Route, UrlTable};
use actix_web::body::MessageBody;
use domain::shared::{FieldError, FieldErrors};
use serde_json::Value;
use utoipa::openapi::{
    Components, ContentBuilder, Info, OpenApi, OpenApiBuilder, RefOr, Response, ResponseBuilder,
    example::ExampleBuilder,
    header::HeaderBuilder,
    path::{Operation, PathItem},
    security::SecurityRequirement,
    tag::TagBuilder,
};

const ABOUT: &str = "The backend of a care app. Every path answers with and without its final slash. Bodies are JSON, \
    urlencoded or multipart, on every method. Whatever is refused is refused in JSON.";

/// What every family offers, in one document.
pub fn document(tables: &[&UrlTable]) -> OpenApi {
    let info = Info::builder().title("Carebase").description(Some(ABOUT)).version(env!("CARGO_PKG_VERSION"));
    let mut whole = OpenApiBuilder::new().info(info.build()).build();
    for table in tables {
        let family = table.family;
        for route in table.routes() {
            whole.merge(documented(family, route));
        }
        let (name, scheme) = family.authentication.security_scheme();
        let components: &mut Components = whole.components.get_or_insert_default();
        components.add_security_scheme(name, scheme);
        let tag =
            |(name, about): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*about)).build();
        whole.tags.get_or_insert_default().extend(family.tags.iter().map(tag));
    }
    whole
}

fn documented(family: &'static Family, mut route: Route) -> OpenApi {
    let mut document = std::mem::take(&mut route.document);
    let operation = document.paths.paths.values_mut().find_map(only_operation);
    if let Some(operation) = operation {
        operation.security = Some(match route.access {
            Access::Public => vec![SecurityRequirement::default()],
            Access::Authenticated | Access::Role => {
                vec![SecurityRequirement::new(family.authentication.security_scheme().0, [""; 0])]
            }
        });
        tell_all_body_forms(operation);
        tell_refusals(operation, family, &route);
    }
    document
}

fn only_operation(item: &mut PathItem) -> Option<&mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().find_map(Option::as_mut)
}

/// Every body may come as JSON or as either sort of form.
fn tell_all_body_forms(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    if let Some(json) = body.content.get("application/json").cloned() {
        for form in ["application/x-www-form-urlencoded", "multipart/form-data"] {
            body.content.insert(form.to_owned(), json.clone());
        }
    }
}

/// What the handler refuses, and what the kit refuses for a route like this one.
fn tell_refusals(operation: &mut Operation, family: &Family, route: &Route) {
    let has_body = operation.request_body.is_some();
    let field = || Refusal::from(FieldErrors::one("field", FieldError::Required));
    let kit: [(bool, &str, Refusal); 10] = [
        (has_body, "A refused field: each with its reasons", field()),
        (has_body, "The body cannot be read", Rejection::BodyNotParsed("JSON parse error - …".into()).into()),
        (route.access != Access::Public, "No credential", Refusal::NOT_AUTHENTICATED),
        (true, "A wrong credential", domain::identity::IdentityError::TokenUnknown.into()),
        (route.access == Access::Role, "Another role", Rejection::WrongRole.into()),
        (true, "`Accept` allows no JSON", Rejection::NotAcceptable.into()),
        (has_body, "The body is too large", Rejection::BodyTooLarge(crate::http::BODY_MAX).into()),
        (
            has_body,
            "The body is neither JSON nor a form",
            Rejection::UnsupportedMediaType("text/plain".into()).into(),
        ),
        (
            route.hashes,
            "Too many tries from this address, or about this account",
            Rejection::TooManyRequests { seconds: 7 }.into(),
        ),
        (true, "The database is away or busy: nothing was changed", Refusal::UNAVAILABLE),
    ];
    for refusal in &route.refusals {
        tell(operation, family, route, &refusal.to_string(), refusal);
    }
    for (_, about, refusal) in kit.iter().filter(|(applies, ..)| *applies) {
        tell(operation, family, route, about, refusal);
    }
}

/// Under the status that the family gives it, beside what else has that status.
fn tell(operation: &mut Operation, family: &Family, route: &Route, about: &str, refusal: &Refusal) {
    let rendered = family.refuse(refusal, &route.method);
    let status = rendered.status().as_str().to_owned();
    let headers: Vec<_> = ["www-authenticate", "retry-after"]
        .into_iter()
        .filter_map(|name| {
            rendered.headers().get(name).map(|value| (name, value.to_str().unwrap_or_default().to_owned()))
        })
        .collect();
    let Some(example) = body_of(rendered) else { return };
    let response = operation.responses.responses.entry(status).or_insert_with(|| {
        let mut response = ResponseBuilder::new().description("");
        for (name, value) in headers {
            response = response.header(name, HeaderBuilder::new().description(Some(value)).build());
        }
        RefOr::T(response.build())
    });
    if let RefOr::T(response) = response {
        add_example(response, about, example);
    }
}

fn add_example(response: &mut Response, about: &str, example: Value) {
    let joint = if response.description.is_empty() { "" } else { "; " };
    response.description = format!("{}{joint}{about}", response.description);
    let content = response.content.entry("application/json".to_owned());
    let content = content.or_insert_with(|| RefOr::T(ContentBuilder::new().build()));
    let RefOr::T(content) = content else { return };
    content.examples.insert(about.to_owned(), RefOr::T(ExampleBuilder::new().value(Some(example)).build()));
}

fn body_of(rendered: actix_web::HttpResponse) -> Option<Value> {
    let bytes = rendered.into_body().try_into_bytes().ok()?;
    serde_json::from_slice(&bytes).ok()
}
