//! The clients of the PTSD support app (seed 003): Django REST framework's shapes, this app's own `{"error": …}`,
//! `Authorization: Token …`. This file is the URL table. So far: the support chat.
pub(crate) mod frames;
mod support;
mod words;

use crate::http::{Family, Resource, Route, register};
use actix_web::web::ServiceConfig;
use utoipa::OpenApi;

static FAMILY: Family = Family { scheme: "Token", refuse: words::refuse };

fn resources() -> Vec<Resource> {
    vec![
        Resource::signed(&FAMILY, "/api/v1/chat/user/support/{user_id}/", "Support Chat")
            .get(support::socket_address),
    ]
}

pub fn routes(cfg: &mut ServiceConfig) {
    register(resources(), cfg);
}

/// The URL table, for tests that must not miss a line of it.
pub fn table() -> Vec<Route> {
    resources().iter().flat_map(|resource| resource.table().collect::<Vec<_>>()).collect()
}

/// The family's part of the API document.
#[derive(OpenApi)]
#[openapi(
    paths(support::socket_address),
    tags((name = "Support", description = "Talking to the staff"))
)]
pub struct Document;
