//! In which language somebody writes.
use crate::shared::Language;

/// The language of most letters of a text; `otherwise` if it has as many of both, or none.
#[must_use]
pub fn language_of(text: &str, otherwise: Language) -> Language {
    let russian = text.chars().filter(|c| matches!(c, '\u{400}'..='\u{4ff}')).count();
    let english = text.chars().filter(char::is_ascii_alphabetic).count();
    match russian.cmp(&english) {
        std::cmp::Ordering::Greater => Language::Russian,
        std::cmp::Ordering::Less => Language::English,
        std::cmp::Ordering::Equal => otherwise,
    }
}
