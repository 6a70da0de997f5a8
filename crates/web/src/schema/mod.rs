//! The API document, and two ways to read it: Swagger UI, vendored in its crate, and a reference page of our own (the
//! crates for ReDoc load it from elsewhere). Nothing here comes from another host.
mod reference;
mod reference_html;
mod reference_schema;
mod responses;

pub(crate) use responses::{
    BadBody, DetailBody, ErrorBody, FieldErrors, LinkNotAccepted, LinkUnknown, NotAcceptable, TooLarge,
    TooMany, Unauthorized, Unavailable, UnsupportedMediaType, WrongRole,
};

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Responder,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    web::{self, Data, ServiceConfig},
};
use serde_json::json;
use std::sync::Arc;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Openapi, Ref, RefOr,
        path::Operation,
        security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_swagger_ui::Config;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Carebase",
        description = "The backend of a care app. Every path answers with and without its final slash. Bodies are JSON, \
            urlencoded or multipart, on every method. Whatever is refused is refused in JSON."
    ),
    components(responses(
        BadBody,
        LinkNotAccepted,
        LinkUnknown,
        NotAcceptable,
        TooLarge,
        TooMany,
        Unauthorized,
        Unavailable,
        UnsupportedMediaType,
        WrongRole,
    )),
    security(("token" = [])),
    modifiers(&TokenScheme)
)]
struct Document;

struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, document: &mut Openapi) {
        let about = "`Token` and the 40 hexadecimal digits that login gave: `Token 9944b0…`";
        let scheme = ApiKeyValue::with_description("Authorization", about);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(scheme)));
    }
}

/// What every family offers, in one document.
pub fn document() -> Openapi {
    let mut whole = Document::openapi();
    whole.merge(crate::painaway::Document::openapi());
    whole.merge(crate::ptsd::Document::openapi());
    let operations =
        whole.paths.paths.values_mut().flat_map(|item| {
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        });
    for operation in operations.flatten() {
        tell_all_body_forms(operation);
        tell_shared_refusals(operation);
    }
    whole
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

/// What the kit refuses for every call, so that no handler has to tell of it.
fn tell_shared_refusals(operation: &mut Operation) {
    let open = operation.security.as_ref().is_some_and(|ways| ways.contains(&SecurityRequirement::default()));
    let with_body = operation.request_body.is_some();
    let shared = [
        (with_body, "400", "BadBody"),
        (!open, "401", "Unauthorized"),
        (true, "406", "NotAcceptable"),
        (with_body, "413", "TooLarge"),
        (with_body, "415", "UnsupportedMediaType"),
        (true, "503", "Unavailable"),
    ];
    for (_, status, name) in shared.into_iter().filter(|(applies, ..)| *applies) {
        let response = || RefOr::Ref(Ref::from_response_name(name));
        operation.responses.responses.entry(status.to_owned()).or_insert_with(response);
    }
}

/// Written out once, at start.
pub struct Pages {
    json: String,
    reference: String,
    swagger: Arc<Config<'static>>,
}

impl Pages {
    pub fn new() -> serde_json::Result<Self> {
        let document = serde_json::to_value(document())?;
        // Without this, Swagger UI asks a validator on the internet about every host that is not local.
        let swagger = Config::from("/api/schema/").validator_url("none").try_it_out_enabled(true);
        Ok(Self {
            json: serde_json::to_string(&document)?,
            reference: reference::page(&document),
            swagger: Arc::new(swagger),
        })
    }
}

/// Scripts and styles from here only. Swagger UI sets styles on its elements.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

pub fn routes(cfg: &mut ServiceConfig) {
    page(cfg, "/api/schema/", json_document);
    page(cfg, "/api/schema", json_document);
    // These two load their parts by relative addresses: without the slash they would look for them elsewhere.
    page(cfg, "/api/schema/redoc", with_slash);
    page(cfg, "/api/schema/swagger-ui", with_slash);
    page(cfg, "/api/schema/redoc/", reference_page);
    page(cfg, "/api/schema/redoc/reference.css", reference_style);
    page(cfg, "/api/schema/redoc/reference.js", reference_script);
    page(cfg, "/api/schema/swagger-ui/{file:.*}", swagger_ui);
}

fn page<F, Args>(cfg: &mut ServiceConfig, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    cfg.service(web::resource(path).route(web::get().to(handler.clone())).route(web::head().to(handler)));
}

async fn json_document(pages: Data<Pages>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(pages.json.clone())
}

async fn with_slash(req: HttpRequest) -> HttpResponse {
    let with_slash = format!("{}/", req.path());
    HttpResponse::PermanentRedirect().insert_header(("Location", with_slash)).finish()
}

async fn reference_page(pages: Data<Pages>) -> HttpResponse {
    public("text/html; charset=utf-8", pages.reference.clone())
}

async fn reference_style() -> HttpResponse {
    public("text/css; charset=utf-8", reference::STYLE)
}

async fn reference_script() -> HttpResponse {
    public("text/javascript; charset=utf-8", reference::SCRIPT)
}

async fn swagger_ui(file: web::Path<String>, pages: Data<Pages>) -> HttpResponse {
    match utoipa_swagger_ui::serve(&file, pages.swagger.clone()) {
        Ok(Some(file)) => public(&file.content_type, file.bytes.into_owned()),
        Ok(None) => HttpResponse::NotFound().json(json!({ "detail": "Not found." })),
        Err(e) => HttpResponse::from_error(crate::http::Problem::broken(e)),
    }
}

fn public(content_type: &str, body: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(body)
}
