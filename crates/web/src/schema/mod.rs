//! The API document, and two ways to read it: Swagger UI, vendored in its crate, and a reference page of our own (the
//! crates for ReDoc load it from elsewhere). Nothing here comes from another host.
mod document;
mod reference;
mod reference_html;
mod reference_schema;

pub use document::document;

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Responder,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    web::{self, Data, ServiceConfig},
};
use serde_json::json;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

/// Written out once, at start.
pub struct Pages {
    json: String,
    reference: String,
    swagger: Arc<Config<'static>>,
}

impl Pages {
    /// # Errors
    /// A document that cannot be written as JSON.
    pub fn new(document: &OpenApi) -> serde_json::Result<Self> {
        let document = serde_json::to_value(document)?;
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
        Err(e) => HttpResponse::from_error(crate::http::Refusal::from(crate::http::Rejection::internal(e))),
    }
}

fn public(content_type: &str, body: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(body)
}
