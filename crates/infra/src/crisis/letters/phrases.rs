//! What several letters say alike.
use crate::letters::shown;
use chrono::{Datelike, Timelike};
use domain::{
    crisis::AlarmFacts,
    shared::{Language, Timestamp},
};

/// By name, and by the name that they are known under in the app.
pub(super) fn who(facts: &AlarmFacts<'_>) -> String {
    named(facts.full_name, facts.username)
}

pub(in crate::crisis) fn named(full_name: &str, username: &str) -> String {
    let (username, full_name) = (shown(username), shown(full_name));
    if full_name.is_empty() { username } else { format!("{full_name} ({username})") }
}

pub(super) fn written(language: Language, at: Timestamp) -> String {
    let (day, month, year) = (at.day(), at.month(), at.year());
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Russian => format!("{day:02}.{month:02}.{year}, {hour:02}:{minute:02} UTC"),
        Language::English => format!("{year}-{month:02}-{day:02}, {hour:02}:{minute:02} UTC"),
    }
}
