//! `/`: what this server is, for people who open it in a browser. Clients, which ask for JSON, are told that nothing is
//! there, as their old servers told them.
use crate::{
    http::{Refusal, Rejection, accepts, unknown_path},
    schema::{DOCUMENT, REDOC, SWAGGER_UI},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, LOCATION},
    web::{self, ServiceConfig},
};

/// Styles in the page only; nothing else is loaded, and no script runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(page("/", front));
    // Until there is a panel: people try this path first.
    cfg.service(page("/admin", to_front)).service(page("/admin/", to_front));
}

fn page(path: &str, handler: fn(&HttpRequest) -> Result<HttpResponse, Refusal>) -> actix_web::Resource {
    let answer = move |request: HttpRequest| async move {
        // A browser that opens a page names it; a client that would take anything does not.
        if accepts(&request, &["text/html"]) { handler(&request) } else { Err(Rejection::UnknownPath.into()) }
    };
    web::resource(path)
        .route(web::get().to(answer))
        .route(web::head().to(answer))
        .default_service(web::to(unknown_path))
}

fn to_front(_: &HttpRequest) -> Result<HttpResponse, Refusal> {
    Ok(HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/")).finish())
}

fn front(_: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carebase</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto 4rem; padding: 0 1.25rem; }}
h1 {{ font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }}
.version {{ margin: 0 0 2rem; opacity: .75; }}
ul {{ list-style: none; padding: 0; }}
li {{ margin: 0 0 1rem; }}
li a {{ font-weight: 600; }}
li span {{ display: block; opacity: .8; }}
</style>
</head>
<body>
<main>
<h1>Carebase</h1>
<p class="version">version {version}</p>
<p>This is the server of a care app: diaries, links between patients and doctors, prescriptions, and chat. If you use such an app,
there is nothing to do here: open the app.</p>
<nav aria-label="API">
<ul>
<li><a href="{REDOC}">API reference</a><span>Every call, its fields and its refusals, to read.</span></li>
<li><a href="{SWAGGER_UI}">Try the API</a><span>The same calls, to send from this browser.</span></li>
<li><a href="{DOCUMENT}">OpenAPI document</a><span>For code generators.</span></li>
</ul>
</nav>
</main>
</body>
</html>
"#,
        version = env!("CARGO_PKG_VERSION"),
    );
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(html))
}
