//! What several letters say alike.
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

pub(super) fn greeting(language: Language, name: &str) -> String {
    format!("{}, {}.", language.of("Здравствуйте", "Hello"), shown(name))
}

pub(super) fn footer(language: Language) -> &'static str {
    language.of(
        "Это письмо отправлено автоматически. Отвечать на него не нужно.",
        "This letter was sent automatically. There is no need to answer it.",
    )
}

/// Without the characters that turn the direction of what follows: a name must not rewrite the sentence around it.
pub(super) fn shown(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).collect()
}

pub(super) fn written(language: Language, at: Timestamp) -> String {
    let (day, month, year) = (at.day(), at.month(), at.year());
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Russian => format!("{day:02}.{month:02}.{year}, {hour:02}:{minute:02} UTC"),
        Language::English => format!("{year}-{month:02}-{day:02}, {hour:02}:{minute:02} UTC"),
    }
}
