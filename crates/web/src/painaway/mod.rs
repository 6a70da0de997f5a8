//! The pain diary's clients, version 2 and version 1 (seeds 000 and 001): Django REST framework's shapes and words,
//! `Authorization: Token …`. Each file holds the URL table and the calls of one module.
mod care;
mod chat;
mod diary;
mod entries;
pub(crate) mod frames;
mod identity;
mod mail_settings;
mod notes;
mod notices;
mod notifications;
mod password_reset;
mod render;
mod user;

pub use diary::BodyMapJson;
pub use notices::NoticeSentences;

use crate::{
    django::{self, TOKEN},
    http::{Family, Resource, UrlTable},
};

pub static FAMILY: Family = Family {
    authentication: &TOKEN,
    render: render::render,
    options: django::options,
    refusal_schema: django::refusal_schema,
    tags: &[
        ("Accounts", "Registering, signing in, one's own profile"),
        (
            "Chat",
            "Conversations of two people. What is said goes over a websocket: `/ws/chat/{id or name}/`, \
             `/ws/notifications/`",
        ),
        ("Pain diary", "Records of pain on the body map; plain notes"),
        ("Care", "Links between patients and doctors; prescriptions and diagnoses"),
        ("Notifications", "What others did that concerns the caller"),
    ],
};

pub static URLS: UrlTable = UrlTable { family: &FAMILY, resources };

fn resources() -> Vec<Resource> {
    let mut all = vec![];
    all.extend(identity::resources());
    all.push(password_reset::resource());
    all.push(mail_settings::resource());
    all.extend(chat::resources());
    all.extend(diary::resources());
    all.push(notes::resource());
    all.extend(care::resources());
    all.extend(entries::resources());
    all.extend(notifications::resources());
    all
}
