//! Small pages behind the links of letters, for people without an account and without an app. They work without script and by
//! keyboard; nothing changes before a button is pressed, for mail scanners follow every link.
mod alarm_answer;
mod contact_consent;
mod link_pages;
mod page;
mod password_reset;
mod render;
mod unsubscribe;

pub use link_pages::LinkPages;

use crate::http::{Authentication, Family, Refusal, Resource, UrlTable};
use actix_web::HttpRequest;
use domain::identity::{IdentityError, IdentityService, Session};
use serde_json::{Value, json};
use utoipa::openapi::{
    ObjectBuilder,
    security::{Http, HttpAuthScheme, SecurityScheme},
};

static FAMILY: Family = Family {
    authentication: &NoAuthentication,
    render: render::render,
    options: |name| json!({ "name": name, "renders": ["text/html"] }),
    refusal_schema: |_: &Value| ("Page", ObjectBuilder::new().into()),
    tags: &[],
};

/// No part of the API document: programs have nothing to do here.
pub static URLS: UrlTable = UrlTable { family: &FAMILY, resources };

fn resources() -> Vec<Resource> {
    vec![
        alarm_answer::resource(),
        contact_consent::resource(),
        password_reset::resource(),
        unsubscribe::resource(),
    ]
}

/// The link is all that is asked for.
struct NoAuthentication;

impl Authentication for NoAuthentication {
    fn challenge(&self) -> &'static str {
        ""
    }
    fn credential(&self, _request: &HttpRequest) -> Result<Option<String>, Refusal> {
        Ok(None)
    }
    fn authenticate(&self, _identity: &IdentityService, _credential: &str) -> Result<Session, Refusal> {
        Err(IdentityError::TokenUnknown.into())
    }
    fn security_scheme(&self) -> (&'static str, SecurityScheme) {
        ("none", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)))
    }
}
