//! The clients of the PTSD support app (seed 003): Django REST framework's shapes, this app's own `{"error": …}`,
//! `Authorization: Token …`. So far: the support chat.
pub(crate) mod frames;
mod render;
pub(crate) mod support;

use crate::{
    django::{self, TOKEN},
    http::{Family, UrlTable},
};

pub static FAMILY: Family = Family {
    authentication: &TOKEN,
    render: render::render,
    options: django::options,
    refusal_schema: django::refusal_schema,
    tags: &[("Support", "Talking to the staff")],
};

pub static URLS: UrlTable = UrlTable { family: &FAMILY, resources: || vec![support::resource()] };
