//! The API document, and two ways to read it: Swagger UI and ReDoc, both out of crates that carry their files. Nothing here
//! comes from another host.
mod document;
mod redoc;

pub use document::document;

use crate::http::{Refusal, Rejection};
use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Responder,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    web::{self, Bytes, Data, ServiceConfig},
};
use redoc::{RedocPage, UnknownRedoc};
use serde_json::json;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

/// Where the document and its two pages are.
pub const DOCUMENT: &str = "/api/schema/";
pub const SWAGGER_UI: &str = "/api/schema/swagger-ui/";
pub const REDOC: &str = "/api/schema/redoc/";

/// Written out when they are first asked for: most servers are not, and it costs a start some milliseconds and 3 MiB.
pub struct Pages {
    written: LazyLock<WriteResult, Box<dyn FnOnce() -> WriteResult + Send>>,
    swagger: Arc<Config<'static>>,
}

type WriteResult = Result<Written, CannotWrite>;

struct Written {
    json: Bytes,
    redoc: RedocPage,
}

#[derive(Debug, thiserror::Error)]
enum CannotWrite {
    #[error(transparent)]
    Json(#[from] sonic_rs::Error),
    #[error(transparent)]
    Redoc(#[from] UnknownRedoc),
}

impl Pages {
    pub fn new(document: impl FnOnce() -> OpenApi + Send + 'static) -> Self {
        // Without this, Swagger UI asks a validator on the internet about every host that is not local.
        let swagger = Config::from(DOCUMENT).validator_url("none").try_it_out_enabled(true);
        Self { written: LazyLock::new(Box::new(|| Written::of(&document()))), swagger: Arc::new(swagger) }
    }

    fn written(&self) -> Result<&Written, Refusal> {
        self.written.as_ref().map_err(|e| Rejection::internal(e).into())
    }
}

impl Written {
    fn of(document: &OpenApi) -> WriteResult {
        let json = sonic_rs::to_vec(document)?.into();
        Ok(Self { json, redoc: RedocPage::new(&document.info.title, DOCUMENT)? })
    }
}

/// Scripts and styles from here only. Both set styles on their elements; ReDoc searches in a worker that it makes of its
/// own text.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    worker-src blob:; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

pub fn routes(cfg: &mut ServiceConfig) {
    let without_slash = |path: &'static str| path.trim_end_matches('/');
    page(cfg, DOCUMENT, json_document);
    page(cfg, without_slash(DOCUMENT), json_document);
    // These two load their parts by relative addresses: without the slash they would look for them elsewhere.
    page(cfg, without_slash(REDOC), with_slash);
    page(cfg, without_slash(SWAGGER_UI), with_slash);
    page(cfg, REDOC, redoc_page);
    page(cfg, &format!("{REDOC}{}", redoc::SCRIPT), redoc_script);
    page(cfg, &format!("{SWAGGER_UI}{{file:.*}}"), swagger_ui);
}

fn page<F, Args>(cfg: &mut ServiceConfig, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    cfg.service(web::resource(path).route(web::get().to(handler.clone())).route(web::head().to(handler)));
}

async fn json_document(pages: Data<Pages>) -> Result<HttpResponse, Refusal> {
    let json = pages.written()?.json.clone();
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(json))
}

async fn with_slash(req: HttpRequest) -> HttpResponse {
    let with_slash = format!("{}/", req.path());
    HttpResponse::PermanentRedirect().insert_header(("Location", with_slash)).finish()
}

async fn redoc_page(pages: Data<Pages>) -> Result<HttpResponse, Refusal> {
    Ok(public("text/html; charset=utf-8", pages.written()?.redoc.html.clone()))
}

async fn redoc_script(pages: Data<Pages>) -> Result<HttpResponse, Refusal> {
    Ok(public("text/javascript; charset=utf-8", pages.written()?.redoc.script.clone()))
}

async fn swagger_ui(file: web::Path<String>, pages: Data<Pages>) -> Result<HttpResponse, Refusal> {
    let file = utoipa_swagger_ui::serve(&file, pages.swagger.clone()).map_err(Rejection::internal)?;
    Ok(match file {
        Some(file) => public(&file.content_type, file.bytes.into_owned()),
        None => HttpResponse::NotFound().json(json!({ "detail": "Not found." })),
    })
}

fn public(content_type: &str, body: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(body)
}
