//! The clients of the PTSD support app (seed 003): Django REST framework's shapes, this app's own `{"error": …}`,
//! `Authorization: Token …`. Each file holds the URL table and the calls of one part.
mod alarm_answers;
mod alarm_words;
mod alarms;
mod assistant;
mod assistant_stream;
mod contacts;
pub(crate) mod frames;
mod identity;
mod mail_settings;
mod music;
mod path;
mod profile;
mod render;
pub(crate) mod support;
mod therapist;

pub use alarms::Alarms;

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
        (
            "PTSD profile",
            "Registering and signing in at the PTSD support app, one's profile, contacts, music",
        ),
        ("Alarm", "The alarm button, and what became of each press"),
        ("Support", "Talking to the staff"),
        ("Assistant", "Talking to a model, with a screen before it that looks for danger"),
    ],
};

pub static URLS: UrlTable = UrlTable { family: &FAMILY, resources };

fn resources() -> Vec<Resource> {
    let mut all = vec![];
    all.extend(identity::resources());
    all.push(mail_settings::resource());
    all.extend(profile::resources());
    all.extend(contacts::resources());
    all.extend(therapist::resources());
    all.extend(music::resources());
    all.extend(alarms::resources());
    all.push(support::resource());
    all.extend(assistant::resources());
    all
}
